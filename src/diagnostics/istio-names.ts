/** The parts of Istio's cluster names: `outbound|80|version-v1|catalog.ns.svc.cluster.local`. */
export interface IstioCluster {
  readonly direction: string;
  readonly port: number;
  /** '' where the cluster is of no subset. */
  readonly subset: string;
  readonly host: string;
}

/** Undefined for a name of another kind. Both spellings are read: with bars, and the SNI form `outbound_.80_.v1_.host`. */
export function parseIstioCluster(name: string): IstioCluster | undefined {
  const found = /^(\w+(?:-vip)?)\|(\d+)\|([^|]*)\|(.*)$/.exec(name) ?? /^(\w+)_\.(\d+)_\.([^_]*)_\.(.*)$/.exec(name);
  if (found === null) return undefined;
  const [, direction = '', port, part = '', host = ''] = found;
  // A waypoint's own clusters name the protocol there, and the subset behind it: `inbound-vip|80|http/v1|host`.
  const subset = direction === 'inbound-vip' ? part.replace(/^[^/]*\/?/, '') : part;
  return { direction, port: Number(port), subset, host };
}

/** The subsets that cluster names speak of, by host, each once, in order. */
export function subsetsByHost(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const byHost = new Map<string, string[]>();
  for (const name of names) {
    const parts = parseIstioCluster(name);
    if (parts === undefined || parts.subset === '') continue;
    const subsets = byHost.get(parts.host) ?? [];
    if (!subsets.includes(parts.subset)) subsets.push(parts.subset);
    byHost.set(parts.host, subsets);
  }
  return byHost;
}
