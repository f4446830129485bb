import type { SocketAddress } from '../match/request.ts';
import { isOwnAddress } from '../trace/own-address.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import { roleOf } from '../trace/proxy-role.ts';
import type { SentUpstream } from '../trace/sent-upstream.ts';
import type { Outcome } from '../trace/trace-answer.ts';
import { applicationPort } from './application-port.ts';
import type { ChainEnd, Leg } from './chain-answer.ts';
import { isLoopbackText } from './find-owner.ts';
import { retriesConnection } from './retried.ts';

const INBOUND = /^(?:inbound\||InboundPassthrough)/;

/** Whether a host is the application that a sidecar stands before: in its own pod, reached by an inbound listener. */
export function isApplication(index: ProxyIndex, { answer }: Leg, { cluster }: Outcome, address: string): boolean {
  if (roleOf(index) !== 'sidecar') return false;
  const listener = index.listeners.find(({ name }) => name === answer.listener);
  const isInbound = listener?.value.traffic_direction === 'INBOUND' || INBOUND.test(cluster ?? '');
  // A pipe, or an address in the pod: what an inbound listener forwards to is the application wherever that is.
  return isInbound && (isOwnAddress(index, address) || isLoopbackText(address) || INBOUND.test(cluster ?? ''));
}

/**
 * The ends of a chain at an application. Where the proxy's counters show that every connection there failed, it is broken; where the pod
 * declares other ports, both ways are told.
 */
export function applicationEnd(
  index: ProxyIndex,
  leg: number,
  outcome: Outcome,
  known: Pick<ChainEnd, 'outcome' | 'address' | 'probability' | 'conditions'>,
  to: SocketAddress | undefined,
  sent: SentUpstream,
): readonly ChainEnd[] {
  const address = known.address ?? '';
  const port = applicationPort(index, outcome.cluster ?? '', address, to?.port ?? 0);
  const reached: ChainEnd = {
    ...known,
    leg,
    kind: 'application',
    verdict: 'forwarded',
    status: null,
    flags: null,
    details: null,
    break: null,
    what: `the application at ${address} gets it`,
  };
  if (port.state !== 'refuses' && port.state !== 'undeclared') return [reached];
  const isHttp = sent.kind === 'http';
  const refused: ChainEnd = {
    ...known,
    leg,
    kind: 'application',
    verdict: 'broken',
    status: isHttp ? 503 : null,
    flags: retriesConnection(sent) ? 'URX,UF' : 'UF',
    details: isHttp ? 'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}' : null,
    break: 'PC5004',
    what: `nothing listens on ${address}: ${port.why}`,
  };
  if (port.state === 'refuses') return [refused];
  const listens = `the application listens on port ${to?.port}, which its pod does not declare`;
  return [
    {
      ...refused,
      probability: null,
      what: `nothing listens on ${address}`,
      conditions: [...known.conditions, `the application does not listen there: ${port.why}`],
    },
    { ...reached, probability: null, conditions: [...known.conditions, listens] },
  ];
}
