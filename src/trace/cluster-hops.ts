import { jqPath } from '../dump/dump-path.ts';
import { clusterKind } from '../match/cluster-kind.ts';
import { describeHealth } from '../match/host-health.ts';
import { allHosts } from '../match/host-set.ts';
import type { Cluster } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { ClusterOutcome } from './cluster-question.ts';
import type { HostChoice } from './host-choice.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Hop, RejectedCandidate } from './trace-answer.ts';
import { missingSecrets } from './upstream-secrets.ts';

const BEFORE_HOSTS: Readonly<Record<string, string>> = {
  maintenance_mode: 'runtime puts the cluster into maintenance mode',
  drop_overload: 'the load assignment drops a part of the requests',
  unconditional_drop_overload: 'the load assignment drops all requests',
};

/** The cluster and its endpoints as hops of the walk, and what is worth knowing about the connection to them. */
export function clusterHops(index: ProxyIndex, resource: Resource<Cluster>, choice: HostChoice, outcomes: readonly ClusterOutcome[]): readonly Hop[] {
  const kind = clusterKind(resource.value);
  const place = { path: jqPath(resource.path), document: resource.document };
  const base = { stage: 'cluster', name: resource.name, rejected: [], ...place } as const;
  const hops: Hop[] = [{ ...base, state: 'ok', rule: `the cluster is active and finds its hosts by ${typeof kind === 'string' ? kind : kind.custom}` }];
  for (const outcome of outcomes) {
    const rule = BEFORE_HOSTS[outcome.details ?? ''] ?? (outcome.break === 'PC5002' ? `a circuit breaker is at 0 (${outcome.flags})` : undefined);
    if (rule !== undefined) hops.push({ ...base, state: outcomes.length === 1 ? 'broken' : 'info', rule });
  }
  hops.push(endpointsHop(choice, outcomes, place));
  for (const secret of missingSecrets(index, resource.value)) {
    hops.push({
      ...base,
      state: 'info',
      rule: `secret "${secret}" is not in the dump: until SDS delivers it, connections fail with UF (Secret is not supplied by SDS)`,
    });
  }
  return hops;
}

function endpointsHop(choice: HostChoice, outcomes: readonly ClusterOutcome[], place: { readonly path: string; readonly document: string }): Hop {
  const chosen = new Set(
    outcomes
      .flatMap((o) => o.endpoints ?? [])
      .filter((e) => e.share > 0)
      .map((e) => e.address),
  );
  const rejected: RejectedCandidate[] = (choice.hosts === undefined ? [] : allHosts(choice.hosts.hosts))
    .filter((host) => !chosen.has(host.address))
    .map((host) => ({
      name: host.address,
      reason: host.health === 'HEALTHY' ? 'healthy, but gets no share' : describeHealth(host),
      path: choice.hosts?.path ?? '',
    }));
  const found = outcomes.some((o) => o.verdict === 'forwarded' || o.endpoints !== null);
  return {
    stage: 'endpoints',
    name: [...chosen].join(', '),
    state: found ? 'ok' : 'broken',
    rule: choice.rule,
    path: choice.hosts?.path ?? place.path,
    document: choice.hosts?.document ?? place.document,
    rejected,
  };
}
