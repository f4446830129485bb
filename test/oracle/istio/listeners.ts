import { accessLog } from '../access-log.ts';
import type { JsonObject } from '../xds-files.ts';
import { networkFilter, tcpProxy } from './http-connection-manager.ts';

const TLS_INSPECTOR = networkFilter('envoy.filters.listener.tls_inspector', 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector');
const HTTP_INSPECTOR = networkFilter('envoy.filters.listener.http_inspector', 'envoy.extensions.filters.listener.http_inspector.v3.HttpInspector');
/** Stands in for iptables: the PROXY header carries the original destination that redirection would have kept. */
const PROXY_PROTOCOL = networkFilter('envoy.filters.listener.proxy_protocol', 'envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol');

/** A listener under Istio's name, `ADDRESS_PORT`. */
export function listener(address: string, port: number, chains: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    name: `${address}_${port}`,
    address: socketAddress(address, port),
    filter_chains: [...chains],
    traffic_direction: 'OUTBOUND',
    access_log: accessLog('listener'),
    ...more,
  };
}

/** A gateway's TLS listener: the SNI picks the server. */
export function tlsListener(address: string, port: number, chains: readonly JsonObject[]): JsonObject {
  return listener(address, port, chains, { listener_filters: [TLS_INSPECTOR], listener_filters_timeout: '0s', continue_on_listener_filters_timeout: true });
}

/** A sidecar's outbound HTTP listener: reached through virtualOutbound only; what is not HTTP passes through. */
export function sidecarHttpListener(port: number, manager: JsonObject): JsonObject {
  const http = { filter_chain_match: { transport_protocol: 'raw_buffer', application_protocols: ['http/1.1', 'h2c'] }, filters: [manager] };
  return listener('0.0.0.0', port, [http], {
    listener_filters: [HTTP_INSPECTOR],
    listener_filters_timeout: '0s',
    continue_on_listener_filters_timeout: true,
    default_filter_chain: { filter_chain_match: {}, name: 'PassthroughFilterChain', filters: [tcpProxy('PassthroughCluster')] },
    bind_to_port: false,
  });
}

/** A sidecar's outbound TCP listener for one service address. */
export function sidecarTcpListener(address: string, port: number, filter: JsonObject): JsonObject {
  return listener(address, port, [{ filters: [filter] }], { bind_to_port: false });
}

/** Port 15001: hands connections over to the listener of their original destination; the rest goes to `catchAll`. */
export function virtualOutbound(catchAll: 'PassthroughCluster' | 'BlackHoleCluster'): JsonObject {
  return listener(
    '0.0.0.0',
    15001,
    [
      { filter_chain_match: { destination_port: 15001 }, filters: [tcpProxy('BlackHoleCluster')], name: 'virtualOutbound-blackhole' },
      { filters: [tcpProxy(catchAll)], name: 'virtualOutbound-catchall-tcp' },
    ],
    { name: 'virtualOutbound', use_original_dst: true, listener_filters: [PROXY_PROTOCOL] },
  );
}

/** Port 15006: every inbound connection; the original destination's port and the transport pick the chain. */
export function virtualInbound(chains: readonly JsonObject[], plainPorts: readonly number[] = []): JsonObject {
  const own = { destination_port_range: { start: 15006, end: 15007 } };
  const ports = plainPorts.map((start) => ({ destination_port_range: { start, end: start + 1 } }));
  const blackHole = { filter_chain_match: { destination_port: 15006 }, filters: [tcpProxy('BlackHoleCluster')], name: 'virtualInbound-blackhole' };
  return listener('0.0.0.0', 15006, [blackHole, ...chains], {
    name: 'virtualInbound',
    traffic_direction: 'INBOUND',
    listener_filters: [
      PROXY_PROTOCOL,
      { ...TLS_INSPECTOR, filter_disabled: own },
      { ...HTTP_INSPECTOR, filter_disabled: { or_match: { rules: [...ports, own] } } },
    ],
    listener_filters_timeout: '0s',
    continue_on_listener_filters_timeout: true,
  });
}

export function socketAddress(address: string, port: number): JsonObject {
  return { socket_address: { address, port_value: port } };
}
