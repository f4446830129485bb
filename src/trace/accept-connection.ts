import type { AcceptedSocket, ClientBytes, OpenAddress } from '../match/accepted-socket.ts';
import { isLoopback, parseIp } from '../match/ip-address.ts';
import type { TraceRequest } from '../match/request.ts';
import { isTarget, isToken } from '../match/request-target.ts';
import { splitAuthority } from './find-listener-by-url.ts';
import type { Arrival } from './listener-arrival.ts';

/** The connection as the listener's socket accepts it, before any listener filter looked at it. */
export function acceptConnection(arrival: Arrival, request: TraceRequest): AcceptedSocket {
  const proxyHeader = proxyHeaderOf(request);
  const peer = peerOf(arrival, proxyHeader === undefined ? request : {});
  return {
    local: arrival.local,
    isRestored: arrival.isRestored === true,
    remote: peer,
    directRemote: peer,
    redirectedFrom: proxyHeader === undefined ? arrival.redirectedFrom : undefined,
    serverName: '',
    transportProtocol: '',
    applicationProtocols: [],
    bytes: { proxyHeader, ...payloadOf(request) },
  };
}

/** Who is at the other end of the socket: the source that the question gives; to a loopback address, only this host can connect. */
function peerOf({ local }: Arrival, { source }: TraceRequest): OpenAddress {
  if (source !== undefined) return { address: source.address, port: source.port };
  const ip = parseIp(local.address);
  const isLocal = ip !== undefined && (isLoopback(ip) || (ip.version === 4 && ip.bits >> 24n === 127n));
  return { address: isLocal ? (ip.version === 4 ? '127.0.0.1' : '::1') : '', port: undefined };
}

function proxyHeaderOf({ proxy_protocol: version, destination, source }: TraceRequest): ClientBytes['proxyHeader'] {
  if (version === undefined || version === null || version === false) return undefined;
  return {
    version: String(version).endsWith('2') ? 2 : 1,
    destination,
    source: source === undefined ? undefined : { address: source.address, port: source.port },
  };
}

function payloadOf(request: TraceRequest): Pick<ClientBytes, 'payload' | 'tls'> {
  const plain = request.scheme === 'tcp' || !hasReadableLine(request) ? 'opaque' : (request.protocol ?? 'http/1.1');
  if (!isTlsRequest(request)) return { payload: plain, tls: undefined };
  const asked = request.tls === undefined || request.tls === null ? splitAuthority(request.authority ?? '').host : (request.tls.sni ?? '');
  // An IP address is no server name: TLS clients do not send it (RFC 6066, section 3).
  const serverName = parseIp(asked) === undefined ? asked : '';
  return { payload: 'tls', tls: { serverName, applicationProtocols: request.tls?.alpn ?? [] } };
}

/**
 * Whether the request line reads as one of HTTP/1, which is all that http_inspector looks at: any token as a method, and a target that
 * the parser takes. Source: http_inspector.cc Filter::parseHttpHeader; balsa_parser.cc isUrlValid.
 */
function hasReadableLine({ protocol, method = 'GET', path = '/' }: TraceRequest): boolean {
  return protocol === 'h2' || (isToken(method) && isTarget(path, method === 'CONNECT'));
}

/** Whether the client speaks TLS: it says so, or its URL does. */
export function isTlsRequest(request: TraceRequest): boolean {
  return (request.tls !== undefined && request.tls !== null) || request.scheme === 'https';
}
