import { isBound, tcpAddressesOf } from '../match/listener-address.ts';
import type { Known, Role } from './description.ts';
import type { MakerName } from './maker.ts';
import { metadataAt, metadataText, type ProxyFacts } from './proxy-facts.ts';

/** Products whose proxies are gateways, every one. */
const GATEWAYS: ReadonlySet<MakerName> = new Set(['Envoy Gateway', 'Contour', 'Gloo', 'Higress', 'ESPv2', 'Pomerium']);

/** What the proxy is for, and what tells it; null where the input has no node, and no listener tells. In: its maker, where one is known. */
export function roleOf(facts: ProxyFacts, maker: MakerName | undefined): Known<Role> | null {
  return byNode(facts) ?? byMaker(facts, maker) ?? byListeners(facts);
}

function byNode(facts: ProxyFacts): Known<Role> | undefined {
  const { id = '' } = facts.node;
  const kind = /^(sidecar|router|ingress|waypoint)~/.exec(id)?.[1];
  if (kind === 'sidecar' || kind === 'waypoint') return { value: kind, known_by: `node id begins with "${kind}~"` };
  if (kind !== undefined) return { value: 'gateway', known_by: `node id begins with "${kind}~"` };
  const kuma = metadataText(facts, 'dataplane.proxyType');
  if (kuma !== undefined) {
    const isGateway = kuma !== 'dataplane' || metadataAt(facts, ['dataplane.resource', 'networking', 'gateway']) !== undefined;
    return { value: isGateway ? 'gateway' : 'sidecar', known_by: `node metadata dataplane.proxyType "${kuma}"` };
  }
  const osm = /^[0-9a-f-]{36}\.(sidecar|gateway)\./.exec(id)?.[1];
  if (osm !== undefined) return { value: osm as Role, known_by: `node id says ".${osm}."` };
  return /-sidecar-proxy$/.test(id) ? { value: 'sidecar', known_by: 'node id ends with "-sidecar-proxy"' } : undefined;
}

function byMaker(facts: ProxyFacts, maker: MakerName | undefined): Known<Role> | undefined {
  if (maker === undefined) return undefined;
  if (GATEWAYS.has(maker)) return { value: 'gateway', known_by: `${maker} makes gateways` };
  const listener = (pattern: RegExp): string | undefined => facts.listenerNames.find((name) => pattern.test(name));
  const kumaZone = listener(/^self_zone(?:ingress|egress)_/);
  if (kumaZone !== undefined) return { value: 'gateway', known_by: `listener "${kumaZone}"` };
  const sidecar = listener(/^(?:public_listener(?::|$)|self_inbound_|inbound:passthrough:|virtualInbound$)/);
  if (sidecar !== undefined) return { value: 'sidecar', known_by: `listener "${sidecar}"` };
  const waypoint = listener(/^(?:main_internal|connect_terminate)$/);
  return waypoint === undefined ? undefined : { value: 'waypoint', known_by: `listener "${waypoint}"` };
}

/** A listener that redirected connections arrive at makes a sidecar; a proxy whose bootstrap is known, and nothing else, is plain. */
function byListeners({ listeners, proxy }: ProxyFacts): Known<Role> | null {
  const intercepting = listeners.find(
    ({ value }) =>
      isBound(value) &&
      tcpAddressesOf(value).length > 0 &&
      (value.use_original_dst === true || (value.listener_filters ?? []).some((filter) => /original_dst$/.test(filter.name ?? ''))),
  );
  if (intercepting !== undefined) return { value: 'sidecar', known_by: `listener "${intercepting.name}" takes redirected connections (original_dst)` };
  if (proxy.bootstrap === undefined && proxy.serverInfo === undefined) return null;
  return { value: 'plain', known_by: 'nothing in it tells a sidecar, gateway or waypoint' };
}
