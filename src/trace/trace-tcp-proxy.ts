import type { DumpPath } from '../dump/dump-path.ts';
import { requestHeaders } from '../match/request-headers.ts';
import type { Metadata, TcpProxy } from '../model/generated/envoy-api.ts';
import type { Struct } from '../model/message.ts';
import type { ConnectionContext } from './connection-context.ts';
import { outcome } from './outcome.ts';
import { SENT, type SentUpstream } from './sent-upstream.ts';
import type { Gap, Hop, Outcome } from './trace-answer.ts';
import { traceCluster } from './trace-cluster.ts';

export interface TcpTrace {
  /** With the share of their arm; `forwarded` where the upstream connection can be made. */
  readonly outcomes: readonly Outcome[];
  readonly hops: readonly Hop[];
  readonly gap: Gap | null;
}

interface TcpArm {
  readonly cluster: string;
  readonly share: number;
  readonly metadata: Struct | undefined;
  readonly path: DumpPath;
}

const NO_HEADERS = requestHeaders([]);

/**
 * tcp_proxy: the cluster that an earlier filter named for the connection, else its own, else one of the weighted clusters by their share
 * of the sum. It connects as soon as the connection stands, so a missing cluster (NC) or a missing host (UH) closes it at once.
 * Source: source/common/tcp_proxy/tcp_proxy.cc Config::getRouteFromEntries, Filter::establishUpstreamConnection.
 */
export function traceTcpProxy(context: ConnectionContext, proxy: TcpProxy, path: DumpPath, named: string | undefined): TcpTrace {
  const outcomes: Outcome[] = [];
  const hops: Hop[] = [];
  let gap: Gap | null = null;
  const sent: SentUpstream = { kind: 'tcp', question: context.request, facts: context.facts, proxy };
  for (const arm of armsOf(proxy, path, named)) {
    const traced = traceCluster(context.index, {
      name: arm.cluster,
      protocol: 'tcp',
      metadataMatch: arm.metadata,
      destination: context.facts.destination,
      headers: NO_HEADERS,
      host: '',
      sni: context.facts.sni,
      terse: context.terse,
      metadata: { ...context.request.metadata, ...context.socket.handedOnMetadata },
      isMetadataWhole: context.socket.handedOnMetadata !== undefined,
    });
    gap ??= traced.gap;
    hops.push(...traced.hops);
    for (const { status: _, details: __, ...known } of traced.outcomes) {
      const probability = known.probability === null ? null : known.probability * arm.share;
      // The response code and its details are HTTP's.
      outcomes.push(outcome({ ...known, probability, cluster: arm.cluster, connection: known.verdict === 'forwarded' ? null : 'closed', [SENT]: sent }));
    }
  }
  return { outcomes, hops, gap };
}

function armsOf(proxy: TcpProxy, path: DumpPath, named: string | undefined): readonly TcpArm[] {
  const own = lbMetadata(proxy.metadata_match);
  if (named !== undefined) return [{ cluster: named, share: 1, metadata: own, path }];
  if (proxy.weighted_clusters === undefined) return [{ cluster: proxy.cluster ?? '', share: 1, metadata: own, path: [...path, 'cluster'] }];
  const clusters = proxy.weighted_clusters.clusters ?? [];
  const total = clusters.reduce((sum, { weight = 0 }) => sum + weight, 0);
  return clusters.flatMap(({ name = '', weight = 0, metadata_match: match }, i) => {
    const metadata = own === undefined && match === undefined ? undefined : { ...own, ...lbMetadata(match) };
    return weight === 0 ? [] : [{ cluster: name, share: weight / total, metadata, path: [...path, 'weighted_clusters', 'clusters', i] }];
  });
}

function lbMetadata(metadata: Metadata | undefined): Struct | undefined {
  return metadata?.filter_metadata?.['envoy.lb'];
}
