import type { SentUpstream } from '../trace/sent-upstream.ts';

/** Conditions of a retry policy that a connection which cannot be made meets. */
const ON_CONNECT_FAILURE = /(?:^|,)\s*(?:connect-failure|reset|reset-before-request|5xx|gateway-error)\s*(?:,|$)/;
const ON_RESET = /(?:^|,)\s*(?:reset|reset-before-request|5xx|gateway-error)\s*(?:,|$)/;

/** Whether the route tries again when the connection cannot be made: Envoy then logs URX besides. tcp_proxy always says so at its end. */
export function retriesConnection(sent: SentUpstream): boolean {
  return sent.kind === 'tcp' ? true : retries(sent, ON_CONNECT_FAILURE);
}

/** Whether it tries again when the connection is closed before an answer. */
export function retriesReset(sent: SentUpstream): boolean {
  return sent.kind === 'http' && retries(sent, ON_RESET);
}

function retries({ place }: Extract<SentUpstream, { kind: 'http' }>, on: RegExp): boolean {
  const policy = place.route?.route?.retry_policy ?? place.virtualHost?.retry_policy;
  return policy !== undefined && (policy.num_retries ?? 1) > 0 && on.test(policy.retry_on ?? '');
}
