import type { OpenAddress } from '../match/accepted-socket.ts';
import { parseIp } from '../match/ip-address.ts';
import type { SocketAddress, TraceRequest } from '../match/request.ts';
import type { FilterStateValue, HttpConnectionManager, HttpSetFilterState_Config as SetFilterState } from '../model/generated/envoy-api.ts';
import { configOf, configType } from '../model/message.ts';
import { clientIdentities } from './client-certificate.ts';
import { handsOn, type InternalUpstream, passedMetadata } from './internal-upstream.ts';

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
  /** Why no destination is handed on, in one line. */
  readonly lacks: string | undefined;
}

const NO_SOCKET: HandedOnFacts = {
  destination: undefined,
  peer: undefined,
  metadata: {},
  unread: undefined,
  lacks: 'its cluster has no internal_upstream transport socket, so the destination is not handed on',
};

/**
 * The filter state that a CONNECT shares with its upstream connection: the original destination, the client, the peer's identity; where
 * that names no destination, the metadata of the host. Only a cluster with an internal_upstream transport socket hands any of it over. A
 * destination that is no `ip:port` is not handed on.
 * Source: source/extensions/transport_sockets/internal_upstream/internal_upstream.cc InternalSocket::setTransportSocketCallbacks;
 * source/extensions/filters/common/set_filter_state/filter_config.cc Config::updateFilterState.
 */
export function handedOnFacts(hcm: HttpConnectionManager, connect: TraceRequest, upstream: InternalUpstream): HandedOnFacts {
  if (!handsOn(upstream.cluster)) return NO_SOCKET;
  const shared = sharedValues(hcm);
  const metadata: Record<string, string> = {};
  let destination: SocketAddress | undefined;
  let peer: OpenAddress | undefined;
  let unread: string | undefined;
  for (const { key, format, skipsEmpty } of shared) {
    if (key === REMOTE_IP && format === CLIENT) {
      peer = { address: connect.source?.address ?? '', port: connect.source?.port };
      continue;
    }
    const text = formatted(format, connect);
    if (key === LOCAL_IP) {
      if (text === undefined) unread = format;
      else destination = addressOf(text);
    } else if (text !== undefined && !(text === '' && skipsEmpty)) metadata[`filter_state.${key}`] = text;
  }
  const passed = passedOnFacts(upstream);
  destination ??= passed.destination;
  const lacks = destination === undefined ? `no destination is handed on: "${connect.authority ?? ''}" is no ip:port, or nothing shares it` : undefined;
  return { destination, peer: peer ?? passed.peer, metadata, unread, lacks };
}

/** What the metadata of the host tells by itself, as for the way on to a pod. */
export function passedOnFacts(upstream: InternalUpstream): HandedOnFacts {
  if (!handsOn(upstream.cluster)) return NO_SOCKET;
  const passed = passedMetadata(upstream);
  return { destination: addressOf(passed['local']), peer: addressOf(passed['remote']), metadata: {}, unread: undefined, lacks: undefined };
}

const CLIENT = '%DOWNSTREAM_REMOTE_ADDRESS%';
const AUTHORITY = '%REQ(:AUTHORITY)%';

interface SharedValue {
  readonly key: string;
  readonly format: string;
  readonly skipsEmpty: boolean;
}

function sharedValues(hcm: HttpConnectionManager): readonly SharedValue[] {
  const onConnect = hcm.upgrade_configs?.find((config) => config.upgrade_type?.toUpperCase() === 'CONNECT')?.filters ?? [];
  const filters = onConnect.length > 0 ? onConnect : (hcm.http_filters ?? []);
  return filters.flatMap((filter) => {
    const config = configOf(filter);
    const type = configType(config);
    if (filter.disabled === true) return [];
    if (type === CONNECT_AUTHORITY)
      return [
        { key: LOCAL_IP, format: AUTHORITY, skipsEmpty: true },
        { key: REMOTE_IP, format: CLIENT, skipsEmpty: true },
      ];
    const values = type === SET_FILTER_STATE ? ((config as SetFilterState).on_request_headers ?? []) : [];
    return values
      .filter(isShared)
      .map((value) => ({ key: value.object_key || value.factory_key || '', format: formatOf(value), skipsEmpty: value.skip_if_empty === true }));
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
function addressOf(text: unknown): SocketAddress | undefined {
  if (typeof text !== 'string') return undefined;
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const address = six ?? four ?? '';
  return parseIp(address) === undefined || Number(port) > 65_535 ? undefined : { address, port: Number(port) };
}
