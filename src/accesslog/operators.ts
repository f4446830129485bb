import type { LogField } from './log-entry.ts';

/** The field that an operator of a format string fills, by its name without arguments. Source: Envoy's access log documentation. */
const BY_NAME: Readonly<Record<string, LogField>> = {
  START_TIME: 'time',
  PROTOCOL: 'protocol',
  RESPONSE_CODE: 'status',
  RESPONSE_FLAGS: 'flags',
  RESPONSE_FLAGS_LONG: 'flags',
  RESPONSE_CODE_DETAILS: 'details',
  CONNECTION_TERMINATION_DETAILS: 'termination',
  UPSTREAM_TRANSPORT_FAILURE_REASON: 'transportFailure',
  BYTES_RECEIVED: 'bytesReceived',
  BYTES_SENT: 'bytesSent',
  DURATION: 'durationMs',
  UPSTREAM_HOST: 'upstreamHost',
  UPSTREAM_REMOTE_ADDRESS: 'upstreamHost',
  UPSTREAM_CLUSTER: 'cluster',
  UPSTREAM_CLUSTER_RAW: 'cluster',
  UPSTREAM_LOCAL_ADDRESS: 'upstreamLocal',
  DOWNSTREAM_LOCAL_ADDRESS: 'downstreamLocal',
  DOWNSTREAM_REMOTE_ADDRESS: 'downstreamRemote',
  REQUESTED_SERVER_NAME: 'sni',
  ROUTE_NAME: 'route',
};

const BY_HEADER: Readonly<Record<string, LogField>> = {
  ':method': 'method',
  ':path': 'path',
  'x-envoy-original-path': 'path',
  ':authority': 'authority',
  host: 'authority',
  'x-forwarded-for': 'forwardedFor',
  'user-agent': 'userAgent',
  'x-request-id': 'requestId',
  'x-envoy-upstream-service-time': 'serviceMs',
};

/** Numbers in a line, so that a format fits only lines of its kind. */
export const NUMBERS: ReadonlySet<LogField> = new Set<LogField>(['status', 'bytesReceived', 'bytesSent', 'durationMs', 'serviceMs']);

/**
 * The field of one operator, as it stands between the percent signs: `REQ(X-ENVOY-ORIGINAL-PATH?:PATH):20`; undefined for one that pc
 * has no use for.
 */
export function fieldOf(operator: string): LogField | undefined {
  const [, name = '', argument] = /^([A-Z_]+)(?:\((.*)\))?(?::\d+)?$/.exec(operator) ?? [];
  if (/^(?:REQ|RESP|REQUEST_HEADER|RESPONSE_HEADER)$/.test(name)) {
    const headers = (argument ?? '').toLowerCase().split('?');
    return headers.map((header) => BY_HEADER[header.replace(/:\d+$/, '')]).find((field) => field !== undefined);
  }
  if (name === 'PATH') return 'path';
  return BY_NAME[name];
}
