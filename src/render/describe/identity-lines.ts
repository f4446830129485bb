import type { Description } from '../../describe/description.ts';
import { plural } from '../../diagnostics/words.ts';
import { field, type PageOptions } from './section.ts';

/** The head of the page: what the proxy is, in which version, where it runs, and what configures it. */
export function identityLines(description: Description, options: PageOptions): string[] {
  const { identity } = description;
  return [
    options.style.bold(description.proxy),
    ...field('is', roleText(description), options),
    ...field('version', versionText(description), options),
    ...field('node', nodeText(description), options),
    ...field('pod', podText(description), options, 3),
    ...field('mesh', meshText(description), options),
    ...field('configured by', planeText(description), options),
    ...field('server', [identity.state, identity.uptime === null ? '' : `up for ${uptimeText(identity.uptime)}`].filter((part) => part).join(', '), options),
    ...field('holds', holdsText(description), options),
  ];
}

function roleText({ identity: { maker, role } }: Description): string {
  if (role === null && maker === null) return 'not known: the input has no node, and nothing in it names a maker';
  const what = role === null ? 'a proxy' : role.value === 'plain' ? (maker === null ? 'a plain Envoy' : 'a proxy') : `a ${role.value}`;
  const signs = [...new Set([maker?.known_by, role?.known_by].filter((sign) => sign !== undefined))];
  return `${what}${maker === null ? '' : ` of ${maker.value}`} (${signs.join('; ')})`;
}

function versionText({ identity: { maker, maker_version, envoy_version } }: Description): string {
  return [maker_version === null ? '' : `${maker?.value ?? 'its maker'} ${maker_version}`, envoy_version === null ? '' : `Envoy ${envoy_version}`]
    .filter((part) => part !== '')
    .join(', ');
}

/** Istio's node ids say what its cluster says. */
function nodeText({ identity: { node_id: id, node_cluster: cluster } }: Description): string {
  if (id !== null && id.split('~').length === 4) return id;
  return [id ?? '', cluster === null ? '' : `(cluster ${cluster})`].filter((part) => part !== '').join(' ');
}

function podText({ identity: { pod, namespace, workload, service_account: account, addresses, kubernetes_node: node } }: Description): string {
  const parts = [
    pod === null ? (namespace === null ? '' : `namespace ${namespace}`) : `${pod}${namespace === null ? '' : ` in namespace ${namespace}`}`,
    workload === null ? '' : `workload ${workload}`,
    account === null ? '' : `service account ${account}`,
    addresses.length === 0 ? '' : `address ${addresses.join(', ')}`,
    node === null ? '' : `on node ${node}`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function meshText({ identity: { mesh, cluster_id, network, interception, locality } }: Description): string {
  const parts: readonly (readonly [string, string | null])[] = [
    ['', mesh],
    ['cluster ', cluster_id],
    ['network ', network],
    ['locality ', locality],
    ['interception ', interception],
  ];
  return parts
    .filter(([, value]) => value !== null)
    .map(([label, value]) => label + value)
    .join(', ');
}

function planeText({ control_plane: { transport, cluster, addresses, behind, version, connected } }: Description): string {
  if (transport === null) return '';
  if (transport === 'static') return 'nothing: its configuration is static';
  const via = cluster === null ? addresses.join(', ') : `through cluster ${cluster}${addresses.length > 0 ? ` at ${addresses.join(', ')}` : ''}`;
  const agent = behind === null || addresses.includes(behind) ? '' : `; behind it ${behind}`;
  const said = [version === null ? '' : `it calls itself ${version}`, connected === null ? '' : connected ? 'connected' : 'not connected'].filter(
    (part) => part !== '',
  );
  return `${transport}${via === '' ? '' : ` ${via}`}${agent}${said.length > 0 ? `; ${said.join(', ')}` : ''}`;
}

/** `3 d 4 h` of a Duration such as `273600s`. */
function uptimeText(duration: string): string {
  const seconds = Number.parseFloat(duration);
  if (Number.isNaN(seconds)) return duration;
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3600), Math.floor((seconds % 3600) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

function holdsText({ counts, identity }: Description): string {
  const nouns = {
    listeners: 'listener',
    route_configs: 'route config',
    virtual_hosts: 'virtual host',
    routes: 'route',
    clusters: 'cluster',
    endpoints: 'endpoint',
    secrets: 'secret',
  } as const;
  const parts = Object.entries(nouns).flatMap(([key, noun]) => {
    const count = counts[key as keyof typeof nouns];
    return count === null ? [] : [plural(count, noun)];
  });
  const updated = identity.newest_update === null ? '' : `; last update ${identity.newest_update.replace(/\.\d+/, '')}`;
  return `${parts.join(', ')}${updated}`.replace(/^; /, '');
}
