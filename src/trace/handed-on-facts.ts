import type { OpenAddress } from '../match/accepted-socket.ts';
import { parseIp } from '../match/ip-address.ts';
import type { SocketAddress, TraceRequest } from '../match/request.ts';
import type { Cluster, FilterStateValue, HttpConnectionManager, HttpSetFilterState_Config as SetFilterState } from '../model/generated/envoy-api.ts';
import { configOf, configType } from '../model/message.ts';
import { clientIdentities } from './client-certificate.ts';

const SET_FILTER_STATE = 'envoy.extensions.filters.http.set_filter_state.v3.Config';
/** Istio's own filter of the same purpose, before set_filter_state had it all. */
const CONNECT_AUTHORITY = 'io.istio.http.connect_authority.Config';
const LOCAL_IP = 'envoy.filters.listener.original_dst.local_ip';
const REMOTE_IP = 'envoy.filters.listener.original_dst.remote_ip';

/** What a tunnel's listener hands on to the internal listener. */
export interface HandedOnFacts {
  /** What the original_dst filter of the internal listener restores. */
  readonly destination: SocketAddress | undefined;
  readonly peer: OpenAddress | undefined;
  /** Filter state in the form in which a question states it: `filter_state.KEY`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** A format string of the destination that is not modelled. */
  readonly unread: string | undefined;
}

const INTERNAL_UPSTREAM = 'envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport';
const NOTHING: HandedOnFacts = { destination: undefined, peer: undefined, metadata: {}, unread: undefined };

/**
 * The filter state that a CONNECT shares with its upstream connection: the original destination, the client, the peer's identity. Only
 * a cluster with an internal_upstream transport socket hands it over. A destination that is no `ip:port` is not handed on.
 * Source: source/extensions/transport_sockets/internal_upstream/internal_upstream.cc InternalSocket::setTransportSocketCallbacks;
 * source/extensions/filters/common/set_filter_state/filter_config.cc Config::updateFilterState.
 */
export function handedOnFacts(hcm: HttpConnectionManager, cluster: Cluster, connect: TraceRequest): HandedOnFacts {
  if (configType(configOf(cluster.transport_socket)) !== INTERNAL_UPSTREAM) return NOTHING;
  const shared = sharedValues(hcm);
  const metadata: Record<string, string> = {};
  let destination: SocketAddress | undefined;
  let peer: OpenAddress | undefined;
  let unread: string | undefined;
  for (const { key, format } of shared) {
    if (key === REMOTE_IP && format === CLIENT) {
      peer = { address: connect.source?.address ?? '', port: connect.source?.port };
      continue;
    }
    const text = formatted(format, connect);
    if (key === LOCAL_IP) {
      if (text === undefined) unread = format;
      else destination = addressOf(text);
    } else if (text !== undefined) metadata[`filter_state.${key}`] = text;
  }
  return { destination, peer, metadata, unread };
}

const CLIENT = '%DOWNSTREAM_REMOTE_ADDRESS%';
const AUTHORITY = '%REQ(:AUTHORITY)%';

function sharedValues(hcm: HttpConnectionManager): readonly { readonly key: string; readonly format: string }[] {
  const onConnect = hcm.upgrade_configs?.find((config) => config.upgrade_type?.toUpperCase() === 'CONNECT')?.filters ?? [];
  const filters = onConnect.length > 0 ? onConnect : (hcm.http_filters ?? []);
  return filters.flatMap((filter) => {
    const config = configOf(filter);
    const type = configType(config);
    if (filter.disabled === true) return [];
    if (type === CONNECT_AUTHORITY)
      return [
        { key: LOCAL_IP, format: AUTHORITY },
        { key: REMOTE_IP, format: CLIENT },
      ];
    const values = type === SET_FILTER_STATE ? ((config as SetFilterState).on_request_headers ?? []) : [];
    return values.filter(isShared).map((value) => ({ key: value.object_key || value.factory_key || '', format: formatOf(value) }));
  });
}

const isShared = ({ shared_with_upstream: shared }: FilterStateValue): boolean => shared !== undefined && shared !== 'NONE' && shared !== 0;

function formatOf({ format_string: format }: FilterStateValue): string {
  return format?.text_format_source?.inline_string ?? format?.text_format ?? '';
}

/** A format string's text where the question tells it; undefined for operators that pc does not model, and for what is not known. */
function formatted(format: string, connect: TraceRequest): string | undefined {
  if (!format.includes('%')) return format;
  if (/^%REQ\(:AUTHORITY\)%$/i.test(format)) return connect.authority ?? '';
  if (format === '%DOWNSTREAM_PEER_URI_SAN%') return clientIdentities(connect)?.join(',');
  const header = /^%REQ\(([A-Za-z0-9_-]+)\)%$/.exec(format)?.[1]?.toLowerCase();
  return header === undefined ? undefined : connect.headers?.find(([name]) => name.toLowerCase() === header)?.[1];
}

/** `ip:port`, IPv6 in brackets; anything else is no address, and nothing is handed on. */
function addressOf(text: string): SocketAddress | undefined {
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const address = six ?? four ?? '';
  return parseIp(address) === undefined || Number(port) > 65_535 ? undefined : { address, port: Number(port) };
}
