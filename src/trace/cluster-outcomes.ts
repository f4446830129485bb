import { type ClosedBreaker, closedBreaker } from '../match/circuit-breakers.ts';
import { dropFraction } from '../match/drop-overload.ts';
import { runtimeInteger } from '../match/runtime-integer.ts';
import type { Cluster } from '../model/generated/envoy-api.ts';
import type { ClusterOutcome, ClusterQuestion } from './cluster-question.ts';
import { addShares, endpointShares, type HostShares, totalOf } from './endpoint-shares.ts';
import type { ClusterHosts } from './found-hosts.ts';
import type { HostChoice, HostWay } from './host-choice.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { EndpointShare } from './trace-answer.ts';

/** What happens before a host is chosen, and what becomes of the choice: the cluster's outcomes. */
export function clusterOutcomes(
  index: ProxyIndex,
  cluster: Cluster,
  question: ClusterQuestion,
  choice: HostChoice,
  own: ClusterHosts | undefined,
): readonly ClusterOutcome[] {
  const make = outcomeMaker(cluster, question);
  const outcomes: ClusterOutcome[] = [];
  let left = 1;
  const divert = (probability: number, flags: string, details: string): void => {
    if (probability <= 0) return;
    outcomes.push(make({ probability: left * probability, flags, details, status: 503, break: 'PC5002' }));
    left *= 1 - probability;
  };
  if (question.protocol === 'http') {
    divert(maintenancePart(index, cluster), 'UO', 'maintenance_mode');
    const dropped = dropFraction(own?.policy, own?.shownBy !== 'endpoints section', index.runtime.get);
    if (dropped >= 1) divert(1, 'UDO', 'unconditional_drop_overload');
    else divert(dropped, 'DO', 'drop_overload');
  }
  const early = closedBreaker(cluster, question.protocol, question.priority, index.runtime.get);
  if (early?.beforeHosts) divert(1, early.flags, early.details);
  if (left > 0) outcomes.push(...choice.ways.flatMap((way) => wayOutcomes(index, question, choice, way, left, make)));
  return withoutCertainty(outcomes);
}

type MakeOutcome = (known: Partial<ClusterOutcome>) => ClusterOutcome;

/** Fills in what all outcomes of a cluster share. A TCP connection has neither status nor details. */
function outcomeMaker(cluster: Cluster, question: ClusterQuestion): MakeOutcome {
  const observability_name = cluster.alt_stat_name && cluster.alt_stat_name !== cluster.name ? cluster.alt_stat_name : null;
  return (known) => {
    const made: ClusterOutcome = {
      probability: 1,
      conditions: [],
      verdict: 'broken',
      status: null,
      flags: null,
      details: null,
      endpoints: null,
      break: null,
      ...known,
      observability_name,
    };
    return question.protocol === 'tcp' ? { ...made, status: null, details: null } : made;
  };
}

function wayOutcomes(
  index: ProxyIndex,
  question: ClusterQuestion,
  choice: HostChoice,
  way: HostWay,
  probability: number,
  make: MakeOutcome,
): readonly ClusterOutcome[] {
  const forwarded = new Map() as HostShares;
  const refused = new Map<string, { readonly breaker: ClosedBreaker; readonly hosts: HostShares }>();
  for (const part of way.parts) {
    const breaker = closedBreaker(part.cluster, question.protocol, question.priority, index.runtime.get);
    if (breaker === undefined) addShares(forwarded, part);
    else {
      const known = refused.get(breaker.limit) ?? { breaker, hosts: new Map() };
      addShares(known.hosts, part);
      refused.set(breaker.limit, known);
    }
  }
  const outcomes: ClusterOutcome[] = [];
  const { conditions } = way;
  const served = totalOf(forwarded);
  if (served > 0)
    outcomes.push(make({ probability: probability * served, conditions, verdict: 'forwarded', endpoints: way.unresolved ? null : endpointShares(forwarded) }));
  let lost = 0;
  for (const { breaker, hosts } of refused.values()) {
    lost += totalOf(hosts);
    if (totalOf(hosts) === 0) continue;
    const known = { probability: probability * totalOf(hosts), status: 503, flags: breaker.flags, details: breaker.details, break: 'PC5002' };
    if (!breaker.afterConnection) outcomes.push(make({ ...known, conditions }));
    else outcomes.push(...afterConnection(make, known, conditions, way.unresolved ? null : endpointShares(hosts)));
  }
  const none = 1 - served - lost;
  if (none > 1e-9) {
    outcomes.push(
      make({ probability: probability * none, conditions, status: 503, flags: 'UH', details: way.details, break: choice.subsetMissed ? 'PC4003' : 'PC5001' }),
    );
  }
  return outcomes;
}

/** The breaker acts on a connection that stands: where it cannot be made, its failure comes first, and counts as forwarded. */
function afterConnection(
  make: MakeOutcome,
  known: Partial<ClusterOutcome>,
  conditions: readonly string[],
  endpoints: readonly EndpointShare[] | null,
): readonly ClusterOutcome[] {
  return [
    make({ ...known, conditions: [...conditions, 'the connection to the chosen host succeeds'], endpoints }),
    make({
      probability: known.probability ?? null,
      conditions: [...conditions, 'the connection to the chosen host fails (flag UF)'],
      verdict: 'forwarded',
      endpoints,
    }),
  ];
}

/** Where one outcome depends on conditions, the others are alternatives to it, and none has a probability. */
function withoutCertainty(outcomes: readonly ClusterOutcome[]): readonly ClusterOutcome[] {
  if (!outcomes.some((o) => o.conditions.length > 0)) return outcomes;
  return outcomes.map((o) => ({
    ...o,
    probability: null,
    conditions: o.conditions.length > 0 ? o.conditions : [`the request falls to the part that ends with ${o.flags ?? 'no flag'}`],
  }));
}

/** Source: ClusterInfoImpl::maintenanceMode: `upstream.maintenance_mode.<cluster>` is a whole percentage. */
function maintenancePart(index: ProxyIndex, cluster: Cluster): number {
  return Math.min(100, runtimeInteger(index.runtime.get, `upstream.maintenance_mode.${cluster.name ?? ''}`) ?? 0) / 100;
}
