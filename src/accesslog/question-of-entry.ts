import { ipAddressesOf, isBound } from '../match/listener-address.ts';
import type { SocketAddress, TraceRequest } from '../match/request.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { serves } from '../model/resource.ts';
import type { LogEntry } from './log-entry.ts';

const ISTIO_ALPN = ['istio-http/1.1', 'istio', 'http/1.1'];

/**
 * The request that a line tells of, as `pc trace` asks it. The line's local address of the downstream connection is what the client
 * dialled: a listener's own address at a gateway, the original destination in a sidecar. Headers but the known ones are not in the log.
 */
export function questionOfEntry(entry: LogEntry, proxy: ProxyConfig): TraceRequest {
  const local = addressOf(entry.downstreamLocal);
  const source = addressOf(entry.downstreamRemote);
  const isHttp = entry.method !== '';
  const fromMesh = /^(?:outbound|inbound)_/.test(entry.sni);
  const alpn = fromMesh ? ISTIO_ALPN : isHttp ? [entry.protocol === 'HTTP/2' ? 'h2' : 'http/1.1'] : null;
  return {
    scheme: isHttp ? (entry.sni === '' ? 'http' : 'https') : 'tcp',
    ...(entry.protocol === 'HTTP/2' ? { protocol: 'h2' as const } : entry.protocol === 'HTTP/1.0' ? { protocol: 'http/1.0' as const } : {}),
    ...(entry.sni === '' ? {} : { tls: { sni: entry.sni, alpn, ...(fromMesh ? { client_cert: true } : {}) } }),
    ...(isHttp ? { method: entry.method, authority: entry.authority === '' ? null : entry.authority, path: entry.path || '/' } : {}),
    headers: isHttp && entry.userAgent !== '' ? [['user-agent', entry.userAgent]] : [],
    ...(source === undefined ? {} : { source }),
    ...(local === undefined ? {} : isOwnSocket(local, proxy) ? { listener: local } : { destination: local }),
  };
}

/** A listener that has a socket of its own at this port: the client dialled the proxy itself. */
function isOwnSocket(local: SocketAddress, proxy: ProxyConfig): boolean {
  return proxy.listeners.some(
    (listener) =>
      serves(listener) &&
      isBound(listener.value) &&
      ipAddressesOf(listener.value).some((own) => own.port === local.port && (own.ip.bits === 0n || own.text === local.address)),
  );
}

function addressOf(text: string): SocketAddress | undefined {
  const found = /^\[?([0-9a-f.:]+?)\]?:(\d+)$/i.exec(text);
  return found === null ? undefined : { address: found[1] ?? '', port: Number(found[2]) };
}
