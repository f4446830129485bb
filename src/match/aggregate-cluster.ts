/**
 * An aggregate cluster lines up the priorities of its children that have hosts, child by child, and balances over them as over one
 * cluster's priorities; the chosen child then balances within the one priority it was chosen for. Children that do not exist, have no
 * hosts, or are themselves aggregates (which own no hosts) are passed over.
 * Source: source/extensions/clusters/aggregate/cluster.cc Cluster::linearizePrioritySet, AggregateClusterLoadBalancer::chooseHost.
 */
import { type HostPick, mixPicks } from './host-pick.ts';
import { type Availability, type HostSet, hostsOf } from './host-set.ts';
import { priorityLoad } from './priority-load.ts';

export interface AggregateChild {
  readonly name: string;
  readonly hosts: HostSet;
  /** The child's own choice within one of its priorities. */
  readonly pick: (priority: number, availability: Availability) => HostPick;
}

export interface AggregatePart {
  readonly child: AggregateChild;
  readonly probability: number;
  readonly pick: HostPick;
}

/** Which children get which part of the requests, and how they spread it. Empty where no child has a host. */
export function pickFromChildren(children: readonly AggregateChild[], panicThreshold: number): readonly AggregatePart[] {
  const lined = children.flatMap((child) => child.hosts.levels.flatMap((level, priority) => (hostsOf(level).length === 0 ? [] : [{ child, priority, level }])));
  if (lined.length === 0) return [];
  const load = priorityLoad({ levels: lined.map((l) => l.level) }, panicThreshold);
  const picks = new Map<AggregateChild, (readonly [number, HostPick])[]>();
  for (const availability of ['healthy', 'degraded'] as const) {
    load[availability].forEach((percent, i) => {
      const at = lined[i];
      if (percent === 0 || at === undefined) return;
      const parts = picks.get(at.child) ?? [];
      parts.push([percent / 100, at.child.pick(at.priority, availability)]);
      picks.set(at.child, parts);
    });
  }
  return [...picks].map(([child, parts]) => {
    const probability = parts.reduce((sum, [p]) => sum + p, 0);
    return { child, probability, pick: mixPicks(parts.map(([p, pick]) => [p / probability, pick])) };
  });
}
