import type { ProxyConfig } from '../../model/proxy-config.ts';
import { parseIstioCluster } from '../istio-names.ts';
import { list, quoted } from '../words.ts';
import { judgeHost } from './judge-hosts.ts';
import { judgeSubset } from './judge-subsets.ts';
import type { KubeObject } from './kube-object.ts';
import { proxyIdentity } from './proxy-identity.ts';

/** What Kubernetes objects say about a break: what the dump itself cannot prove. */
export interface ObjectsVerdict {
  readonly id: string;
  /** True where applying the objects would end this break, as far as they tell; undefined where they say nothing of that. */
  readonly mends: boolean | undefined;
  readonly summary: string;
  readonly sentences: readonly string[];
}

interface Break {
  readonly id: string;
  readonly authority: string;
  readonly clusters: readonly string[];
}

/** Tells a break to its cause by the objects behind the proxy. Undefined for a break that they have no say in. */
export function judgeBreak({ id, authority, clusters }: Break, objects: readonly KubeObject[], proxy: ProxyConfig): ObjectsVerdict | undefined {
  const identity = proxyIdentity(proxy);
  if (id === 'PC3001' || id === 'PC3003') {
    const sentences = judgeHost(authority, objects, identity);
    return { id, mends: undefined, summary: 'the objects behind this host:', sentences };
  }
  if (id !== 'PC4001' && id !== 'PC5001') return undefined;
  const verdicts = clusters.filter((name) => parseIstioCluster(name) !== undefined).map((name) => judgeSubset(name, objects, proxy, identity));
  if (verdicts.length === 0) return undefined;
  const mended = verdicts.filter((verdict) => verdict.mends);
  const left = verdicts.filter((verdict) => !verdict.mends);
  const sentences = [...new Set(verdicts.flatMap((verdict) => verdict.sentences))];
  if (left.length === 0) {
    const all = verdicts.length === 1 ? 'the cluster' : verdicts.length === 2 ? 'both clusters' : `all ${verdicts.length} clusters`;
    const ends =
      id === 'PC4001'
        ? `applied, the objects would mend this break: ${all} would be there. If they are applied already, the proxy has not got them: istioctl proxy-status`
        : 'the objects and the proxy do not agree: the endpoints they speak of have not come, or are not ready';
    return { id, mends: id === 'PC4001', summary: ends, sentences };
  }
  const names = (some: typeof verdicts): string => list(some.map(({ cluster }) => quoted(cluster)));
  const summary = mended.length > 0 ? `the objects would mend ${names(mended)}, and leave ${names(left)} broken` : 'the objects do not mend this break';
  return { id, mends: false, summary, sentences };
}
