import type { LogSummary } from '../accesslog/log-summary.ts';

interface Percentiles {
  percentile(share: number): number | undefined;
}

/** The sum of a log as JSON: stable keys, latencies in milliseconds. */
export function summaryDocument(summary: LogSummary): unknown {
  const { lines, unknown, failed, overflow } = summary;
  const percentiles = (sketch: Percentiles) => ({ p50: sketch.percentile(0.5), p90: sketch.percentile(0.9), p99: sketch.percentile(0.99) });
  return {
    version: 1,
    lines,
    unknown,
    failed,
    overflow,
    duration_ms: { ...percentiles(summary.latency), histogram: summary.latency.histogram() },
    causes: [...summary.causes.values()].sort((a, b) => b.count - a.count).map((cause) => ({ ...cause, hosts: Object.fromEntries(cause.hosts) })),
    hosts: [...summary.hosts.values()].map(({ latency, ...host }) => ({ ...host, latency_ms: percentiles(latency) })),
    odd_hosts: summary.oddHosts().map(({ host, reason }) => ({ host: host.host, cluster: host.cluster, reason })),
  };
}
