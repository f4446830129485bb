import { isJsonObject } from '../dump/json-value.ts';
import { KEPT } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';
import type { Identity } from './description.ts';
import { makerOf } from './maker.ts';
import { metadataAt, metadataText, type ProxyFacts } from './proxy-facts.ts';
import { roleOf } from './role.ts';

/** Who and what a proxy is, as its node, its names and `/server_info` tell. */
export function identityOf(facts: ProxyFacts): Identity {
  const { node, proxy } = facts;
  const maker = makerOf(facts);
  const place = placeOf(facts);
  const server = proxy.serverInfo?.value;
  const locality = [node.locality?.region, node.locality?.zone, node.locality?.sub_zone].filter((part) => part).join('/');
  return {
    maker,
    role: roleOf(facts, maker?.value),
    envoy_version: envoyVersion(facts) ?? null,
    maker_version: makerVersion(facts) ?? null,
    node_id: node.id ?? null,
    node_cluster: node.cluster || null,
    pod: place.pod || null,
    namespace: place.namespace || null,
    workload: metadataText(facts, 'WORKLOAD_NAME') ?? kumaText(facts, 'name') ?? null,
    service_account: (metadataText(facts, 'SERVICE_ACCOUNT') ?? place.account) || null,
    addresses: addressesOf(facts),
    kubernetes_node: metadataText(facts, 'NODE_NAME') ?? null,
    locality: locality || null,
    mesh: meshOf(facts) ?? null,
    cluster_id: metadataText(facts, 'CLUSTER_ID') ?? null,
    network: metadataText(facts, 'NETWORK') ?? null,
    interception: metadataText(facts, 'INTERCEPTION_MODE') ?? null,
    labels: labelsOf(facts),
    state: server?.state === undefined ? null : String(server.state),
    uptime: server?.uptime_current_epoch ?? null,
    newest_update: newestUpdate(facts) ?? null,
  };
}

/** Pod and namespace: from metadata, else from the node id as each maker writes it. */
function placeOf(facts: ProxyFacts): { readonly pod: string; readonly namespace: string; readonly account?: string } {
  const id = facts.node.id ?? '';
  const metadata = { pod: metadataText(facts, 'NAME', 'POD_NAME'), namespace: metadataText(facts, 'NAMESPACE', 'CONFIG_NAMESPACE', 'namespace') };
  const parts = id.split('~');
  if (parts.length === 4) {
    const [, pod = '', namespace = ''] = /^(.*)\.([^.]*)$/.exec(parts[2] ?? '') ?? [undefined, parts[2] ?? '', ''];
    return { pod: metadata.pod ?? pod, namespace: metadata.namespace ?? namespace };
  }
  const osm = /^[0-9a-f-]{36}\.(?:sidecar|gateway)\.([^.]+)\.([^.]+)\./.exec(id);
  if (osm !== null) return { pod: '', namespace: osm[2] ?? '', account: osm[1] ?? '' };
  const named = /^([a-z0-9-]+-[a-z0-9]{5})\.([a-z0-9-]+)$/.exec(id);
  const consul = /^(.+-[a-z0-9]{5})-.+-sidecar-proxy$/.exec(id);
  return { pod: metadata.pod ?? named?.[1] ?? consul?.[1] ?? '', namespace: metadata.namespace ?? named?.[2] ?? '' };
}

function addressesOf(facts: ProxyFacts): readonly string[] {
  const told = metadataText(facts, 'INSTANCE_IPS', 'ISTIO_META_INSTANCE_IPS')?.split(',') ?? [];
  const [, address = '', , domain] = (facts.node.id ?? '').split('~');
  const kuma = metadataAt(facts, ['dataplane.resource', 'networking', 'address']);
  const all = [...told, ...(domain === undefined ? [] : [address]), ...(typeof kuma === 'string' ? [kuma] : [])];
  return [...new Set(all.map((text) => text.trim()).filter((text) => text !== ''))];
}

function meshOf(facts: ProxyFacts): string | undefined {
  return metadataText(facts, 'MESH_ID') ?? kumaText(facts, 'mesh');
}

/** A text of the Dataplane object that Kuma's proxies carry. */
function kumaText(facts: ProxyFacts, member: string): string | undefined {
  const value = metadataAt(facts, ['dataplane.resource', member]);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function labelsOf(facts: ProxyFacts): Readonly<Record<string, string>> {
  const labels = facts.metadata['LABELS'];
  if (!isJsonObject(labels)) return {};
  return Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''));
}

/** Of Envoy, from the node, the older `build_version`, or `/server_info`: `1.28.0`, with what else the build says. */
function envoyVersion({ node, proxy }: ProxyFacts): string | undefined {
  const build = node.user_agent_build_version;
  if (build?.version !== undefined) {
    const { major_number = 0, minor_number = 0, patch = 0 } = build.version;
    const said = ['build.label', 'build.type', 'ssl.version'].map((key) => build.metadata?.[key]).filter((text) => typeof text === 'string');
    return [`${major_number}.${minor_number}.${patch}`, ...said].join(' ');
  }
  const kept = node[KEPT] ?? {};
  const older = kept['build_version'] ?? kept['hidden_envoy_deprecated_build_version'];
  const found = [older, node.user_agent_version, proxy.serverInfo?.value.version].find((text): text is string => typeof text === 'string' && text !== '');
  const parts = /(?:^|\/)(\d+\.\d+\.\d+[^/]*)\/([^/]+)\/([^/]+)(?:\/([^/]+))?/.exec(found ?? '');
  return parts === null ? found : [parts[1], parts[3], parts[4]].filter((part) => part !== undefined).join(' ');
}

function makerVersion(facts: ProxyFacts): string | undefined {
  const kuma = metadataAt(facts, ['version', 'kumaDp', 'version']);
  const istio = metadataText(facts, 'ISTIO_VERSION', 'ISTIO_PROXY_VERSION');
  return istio ?? (typeof kuma === 'string' ? kuma : undefined);
}

/** The newest `last_updated` of any resource: about when the dump was taken. */
function newestUpdate({ proxy }: ProxyFacts): string | undefined {
  let newest = '';
  for (const list of [proxy.listeners, proxy.routeConfigs, proxy.clusters, proxy.secrets] as const)
    for (const { lastUpdated } of list as readonly Resource[]) if (lastUpdated !== undefined && lastUpdated > newest) newest = lastUpdated;
  return newest === '' ? undefined : newest;
}
