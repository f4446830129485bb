import { type ClosedBreaker, closedBreaker } from '../match/circuit-breakers.ts';
import { dropFraction } from '../match/drop-overload.ts';
import type { UpstreamHost } from '../match/host-set.ts';
import { runtimeInteger } from '../match/runtime-integer.ts';
import type { Cluster } from '../model/generated/envoy-api.ts';
import type { HostChoice, HostPart, HostWay } from './choose-hosts.ts';
import type { ClusterHosts } from './cluster-hosts.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { EndpointShare } from './trace-answer.ts';
import type { ClusterOutcome, ClusterQuestion } from './trace-cluster.ts';

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
  const forwarded = new Map<UpstreamHost, number>();
  const refused = new Map<string, { readonly breaker: ClosedBreaker; readonly hosts: Map<UpstreamHost, number> }>();
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
  const served = total(forwarded);
  if (served > 0)
    outcomes.push(make({ probability: probability * served, conditions, verdict: 'forwarded', endpoints: way.unresolved ? null : endpointShares(forwarded) }));
  let lost = 0;
  for (const { breaker, hosts } of refused.values()) {
    lost += total(hosts);
    if (total(hosts) === 0) continue;
    const known = { probability: probability * total(hosts), status: 503, flags: breaker.flags, details: breaker.details, break: 'PC5002' };
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

function addShares(into: Map<UpstreamHost, number>, part: HostPart): void {
  for (const [host, share] of part.pick.shares) into.set(host, (into.get(host) ?? 0) + part.probability * share);
}

const total = (shares: ReadonlyMap<UpstreamHost, number>): number => [...shares.values()].reduce((sum, share) => sum + share, 0);

/** Shares within the outcome: they sum to 1. An address that a cluster lists twice is one endpoint. */
function endpointShares(shares: ReadonlyMap<UpstreamHost, number>): readonly EndpointShare[] {
  const all = total(shares);
  const byAddress = new Map<string, EndpointShare>();
  for (const [host, share] of shares) {
    const before = byAddress.get(host.address);
    byAddress.set(host.address, { address: host.address, share: (before?.share ?? 0) + share / all, health: before?.health ?? host.health });
  }
  return [...byAddress.values()];
}

/** Where one outcome depends on conditions, the others are alternatives to it, and none has a probability. */
function withoutCertainty(outcomes: readonly ClusterOutcome[]): readonly ClusterOutcome[] {
  if (!outcomes.some((o) => o.conditions.length > 0)) return outcomes;
  return outcomes.map((o) => ({
    ...o,
    probability: null,
    conditions: o.conditions.length > 0 ? o.conditions : [`the request is drawn for ${o.details ?? o.flags}`],
  }));
}

/** Source: ClusterInfoImpl::maintenanceMode: `upstream.maintenance_mode.<cluster>` is a whole percentage. */
function maintenancePart(index: ProxyIndex, cluster: Cluster): number {
  return Math.min(100, runtimeInteger(index.runtime.get, `upstream.maintenance_mode.${cluster.name ?? ''}`) ?? 0) / 100;
}
