/** What Istio's name of a cluster says: `outbound|80|v1|catalog.default.svc.cluster.local`. */
export interface ClusterNameParts {
  readonly direction: string;
  readonly port: number;
  /** '' where the cluster is of no subset. */
  readonly subset: string;
  /** '' for inbound clusters. */
  readonly fqdn: string;
  /** Written as a server name: `outbound_.80_.v1_.catalog.default.svc.cluster.local`. */
  readonly asServerName: boolean;
}

/** One text for each, however many clusters there are. */
const DIRECTIONS = ['outbound', 'inbound'] as const;

/**
 * Takes Istio's name of a cluster apart; undefined for a name of another making.
 * Source: Istio's model.BuildSubsetKey and BuildDNSSrvSubsetKey.
 */
export function clusterNameParts(name: string): ClusterNameParts | undefined {
  const asServerName = /^(?:outbound|inbound)_\./.test(name);
  const parts = name.split(asServerName ? '_.' : '|');
  const [word = '', port = '', subset = '', ...rest] = parts;
  if (parts.length < 4 || !/^\d+$/.test(port)) return undefined;
  const direction = DIRECTIONS.find((known) => known === word) ?? word;
  return { direction, port: Number(port), subset, fqdn: rest.join(asServerName ? '_.' : '|'), asServerName };
}
