import type { Cluster } from '../../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import { type Resource, serves } from '../../model/resource.ts';
import { compareText } from '../compare-text.ts';
import { configName } from './config-name.ts';
import type { PlainTable } from './plain-table.ts';

export interface IstioctlClusterFlags {
  readonly fqdn?: string | undefined;
  readonly port?: number | undefined;
  readonly subset?: string | undefined;
  readonly direction?: string | undefined;
  readonly named?: boolean;
}

interface NameParts {
  readonly direction: string;
  readonly port: number;
  readonly subset: string;
  readonly fqdn: string;
}

/** The clusters that istioctl knows of: active and static ones, by its filters (parts of the name), in its order. */
export function istioctlClusters(proxy: ProxyConfig, flags: IstioctlClusterFlags): Resource<Cluster>[] {
  const parts = [flags.fqdn, flags.port ? `|${flags.port}|` : undefined, flags.subset, flags.direction].filter((part) => part);
  const listed = proxy.clusters.filter((c) => serves(c) && c.span !== undefined).filter((c) => parts.every((part) => c.name.includes(part as string)));
  const keyed = listed.map((cluster) => ({ cluster, key: nameParts(cluster.name) ?? { fqdn: cluster.name, subset: '', port: 0, direction: '' } }));
  keyed.sort(
    ({ key: a }, { key: b }) => compareText(a.fqdn, b.fqdn) || compareText(a.subset, b.subset) || a.port - b.port || compareText(a.direction, b.direction),
  );
  return keyed.map((entry) => entry.cluster);
}

/** istioctl's table of clusters. */
export function istioctlClusterTable(proxy: ProxyConfig, flags: IstioctlClusterFlags): PlainTable {
  const header = ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE', 'DESTINATION RULE'];
  const rows = istioctlClusters(proxy, flags).map(({ name, value }) => {
    const parts = nameParts(name);
    const cells = parts
      ? [parts.fqdn, String(parts.port), parts.subset || '-', parts.direction]
      : // Inside `all`, istioctl repeats the prefixed name here.
        [flags.named ? `cluster/${name}` : name, '-', '-', '-'];
    return [...(flags.named ? [`cluster/${name}`] : []), ...cells, String(value.type ?? 'STATIC'), configName(value.metadata)];
  });
  return { header: flags.named ? ['NAME', ...header] : header, rows, padding: 5 };
}

function nameParts(name: string): NameParts | undefined {
  const parts = name.split('|');
  if (parts.length < 4) return undefined;
  const [direction = '', port = '', subset = '', fqdn = ''] = parts;
  return { direction, port: /^\d+$/.test(port) ? Number(port) : 0, subset, fqdn: parts.length === 4 ? fqdn : '' };
}
