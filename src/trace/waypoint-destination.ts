import { jqPath } from '../dump/dump-path.ts';
import { parseIp } from '../match/ip-address.ts';
import type { IPMatcher, Listener } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';
import type { Gap } from './trace-answer.ts';

const IP_MATCHER = 'xds.type.matcher.v3.IPMatcher';
/** Istio names the filter chains by the service: `inbound-vip|80||catalog.shop.svc.cluster.local-http`. */
const SERVICE_CHAIN = /^inbound-vip\|(\d+)\|[^|]*\|([^|]+?)(?:-[a-z]+)?$/;

/** A service as a waypoint's filter_chain_matcher knows it: a port of an address, and whose that is. */
interface ServedPort {
  readonly address: string;
  readonly port: string;
  readonly host: string;
}

export type WaypointDestination = { readonly authority: string; readonly assumption: string } | { readonly gap: Gap };

/**
 * What the client of a waypoint dialled for a host name: the address under which the matcher of the internal listener has the service.
 * A short name (`catalog`, `catalog.shop`) stands for the one service that it can mean. Where none has it, that is a gap: another
 * address, such as a pod's, may be meant.
 */
export function waypointDestination(inside: Resource<Listener> | undefined, host: string, port: number): WaypointDestination {
  if (inside === undefined || parseIp(host) !== undefined) {
    const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    return { authority, assumption: `the destination is ${authority}, from the URL` };
  }
  const ports = servedPorts(inside.value);
  const wanted = host.toLowerCase();
  const known = ports.filter((served) => served.host === wanted || served.host.startsWith(`${wanted}.`));
  const hosts = [...new Set(known.map((served) => served.host))];
  if (hosts.length !== 1) {
    const names = [...new Set((hosts.length > 0 ? known : ports).map((served) => `${served.host}:${served.port}`))].slice(0, 10).join(', ');
    const what =
      hosts.length > 0
        ? `"${host}" may be any of ${names}`
        : `the waypoint has no address for "${host}"${names === '' ? '' : `; it serves ${names}`}; --to says what the client dials`;
    return { gap: { id: 'PC9010', what, path: jqPath([...inside.path, 'filter_chain_matcher']) } };
  }
  const address = (known.find((served) => served.port === String(port)) ?? known[0])?.address ?? '';
  const authority = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return { authority, assumption: `the destination is ${authority}, which filter_chain_matcher of "${inside.name}" has for ${hosts[0]}` };
}

/** The leaves of `address -> port -> filter chain`, as Istio nests them. */
function servedPorts({ filter_chain_matcher: matcher }: Listener): readonly ServedPort[] {
  const custom = matcher?.matcher_tree?.custom_match?.typed_config;
  if (anyType(custom) !== IP_MATCHER) return [];
  return ((custom as IPMatcher).range_matchers ?? []).flatMap(({ ranges = [], on_match: on }) => {
    const byPort = Object.values(on?.matcher?.matcher_tree?.exact_match_map?.map ?? {});
    return byPort.flatMap(({ action }) => {
      const [, port, host] = SERVICE_CHAIN.exec(String(action?.typed_config?.['value'] ?? action?.name ?? '')) ?? [];
      return port === undefined || host === undefined ? [] : ranges.map((range) => ({ address: range.address_prefix ?? '', port, host: host.toLowerCase() }));
    });
  });
}
