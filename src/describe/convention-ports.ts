import type { Identity, OpenPort, Role } from './description.ts';
import { ISTIO_PORTS } from './istio-ports.ts';
import { metadataAt, type ProxyFacts } from './proxy-facts.ts';

/** Ports beside an Istio proxy of which Envoy's dump shows nothing, since Istio's agent has them: those of its role and version. */
export function conventionPorts(facts: ProxyFacts, { role, maker_version }: Identity): OpenPort[] {
  const minor = Number(/^1\.(\d+)/.exec(maker_version ?? '')?.[1] ?? Number.NaN);
  const isKnownRole = (roles: readonly Role[] | undefined): boolean => role !== null && (roles ?? []).includes(role.value);
  return ISTIO_PORTS.filter(({ isEnvoys, roles, since = 0, onlyWith }) => {
    if (isEnvoys || !isKnownRole(roles) || minor < since) return false;
    return onlyWith === undefined || capturesDns(facts);
  }).map(({ port, purpose, reach }) => ({
    port,
    address: null,
    protocol: port === 15053 ? 'UDP' : 'TCP',
    listeners: [],
    state: 'not in the dump',
    purpose,
    purpose_from: 'convention',
    reach,
    reach_from: 'convention',
    seen: false,
    carries: [],
  }));
}

/** `ISTIO_META_DNS_CAPTURE` of the proxy's metadata: as its own member, or where the proxy configuration holds it. */
function capturesDns(facts: ProxyFacts): boolean {
  const told = [metadataAt(facts, ['DNS_CAPTURE']), metadataAt(facts, ['PROXY_CONFIG', 'proxyMetadata', 'ISTIO_META_DNS_CAPTURE'])];
  return told.some((value) => value === true || String(value ?? '').toLowerCase() === 'true' || value === 'ALL');
}
