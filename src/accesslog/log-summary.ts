import { LatencySketch } from './latency-sketch.ts';
import type { LogEntry } from './log-entry.ts';

/** More groups than this of one kind are not told apart: memory stays flat whatever the log holds. */
const MAX_GROUPS = 5000;
/** A host is slow where it takes this many times as long as the others of its cluster… */
const SLOW_FACTOR = 3;
/** …over at least so many requests. */
const ENOUGH = 20;

/** Requests that ended the same way at the same place. */
export interface CauseGroup {
  readonly status: number;
  readonly flags: string;
  readonly details: string;
  readonly route: string;
  readonly cluster: string;
  readonly authority: string;
  count: number;
  first: string;
  last: string;
  /** A whole line of it. */
  readonly sample: string;
  /** The upstream hosts that these requests went to. */
  readonly hosts: Map<string, number>;
}

export interface HostGroup {
  readonly cluster: string;
  readonly host: string;
  count: number;
  failed: number;
  timeouts: number;
  readonly latency: LatencySketch;
}

/** One upstream host that stands out from the others of its cluster, and by what. */
export interface OddHost {
  readonly host: HostGroup;
  readonly others: number;
  readonly reason: string;
}

/** Sums lines up as they come, in flat memory. */
export class LogSummary {
  lines = 0;
  unknown = 0;
  failed = 0;
  /** The first lines that no reader knew. */
  readonly unknownSamples: string[] = [];
  readonly causes = new Map<string, CauseGroup>();
  readonly hosts = new Map<string, HostGroup>();
  readonly latency = new LatencySketch();
  /** Requests whose group was not told apart any more. */
  overflow = 0;

  add(entry: LogEntry | undefined, line: string): void {
    this.lines++;
    if (entry === undefined) {
      this.unknown++;
      if (this.unknownSamples.length < 3) this.unknownSamples.push(line.slice(0, 300));
      return;
    }
    if (entry.durationMs !== undefined) this.latency.add(entry.durationMs);
    const failed = isFailure(entry);
    if (failed) {
      this.failed++;
      this.addCause(entry, line);
    }
    if (entry.upstreamHost !== '') this.addHost(entry, failed);
  }

  private addCause(entry: LogEntry, line: string): void {
    const details = entry.details.replace(/\{.*|\[.*/, '') === 'via_upstream' ? 'via_upstream' : entry.details;
    const key = `${entry.status}\t${entry.flags}\t${details}\t${entry.route}\t${entry.cluster}\t${entry.authority}`;
    let group = this.causes.get(key);
    if (group === undefined) {
      if (this.causes.size >= MAX_GROUPS) {
        this.overflow++;
        return;
      }
      const { status, flags, route, cluster, authority } = entry;
      group = { status, flags, details, route, cluster, authority, count: 0, first: entry.time, last: entry.time, sample: line, hosts: new Map() };
      this.causes.set(key, group);
    }
    group.count++;
    if (entry.time < group.first) group.first = entry.time;
    if (entry.time > group.last) group.last = entry.time;
    if (entry.upstreamHost !== '' && (group.hosts.size < MAX_GROUPS || group.hosts.has(entry.upstreamHost)))
      group.hosts.set(entry.upstreamHost, (group.hosts.get(entry.upstreamHost) ?? 0) + 1);
  }

  private addHost(entry: LogEntry, failed: boolean): void {
    const key = `${entry.cluster}\t${entry.upstreamHost}`;
    let group = this.hosts.get(key);
    if (group === undefined) {
      if (this.hosts.size >= MAX_GROUPS) return;
      group = { cluster: entry.cluster, host: entry.upstreamHost, count: 0, failed: 0, timeouts: 0, latency: new LatencySketch() };
      this.hosts.set(key, group);
    }
    group.count++;
    if (failed) group.failed++;
    if (/\bUT\b/.test(entry.flags)) group.timeouts++;
    const took = entry.serviceMs ?? entry.durationMs;
    if (took !== undefined) group.latency.add(took);
  }

  /** Hosts that answer far more slowly, or time out or fail far more often, than the others of their cluster. */
  oddHosts(): readonly OddHost[] {
    const byCluster = groupHosts(this.hosts.values());
    return [...byCluster.values()].flatMap((hosts) =>
      hosts.length < 2
        ? []
        : hosts.flatMap(
            (host) =>
              oddity(
                host,
                hosts.filter((other) => other !== host),
              ) ?? [],
          ),
    );
  }
}

/** A request that the client did not get a good answer to: 5xx, 4xx of the proxy's own making, or no answer at all. */
export function isFailure(entry: LogEntry): boolean {
  if (entry.status >= 500) return true;
  if (entry.status >= 400) return entry.details !== 'via_upstream' && (entry.details !== '' || entry.flags !== '');
  return entry.status < 200 && entry.status !== 101 && entry.flags !== '' && !/^(?:DI|RFCF)$/.test(entry.flags);
}

function groupHosts(hosts: Iterable<HostGroup>): Map<string, HostGroup[]> {
  const byCluster = new Map<string, HostGroup[]>();
  for (const host of hosts) byCluster.set(host.cluster, [...(byCluster.get(host.cluster) ?? []), host]);
  return byCluster;
}

function oddity(host: HostGroup, others: readonly HostGroup[]): OddHost | undefined {
  if (host.count < ENOUGH) return undefined;
  const rest = { count: sum(others, (o) => o.count), timeouts: sum(others, (o) => o.timeouts), failed: sum(others, (o) => o.failed) };
  if (rest.count < ENOUGH) return undefined;
  const share = (part: number, whole: number): number => part / whole;
  if (host.timeouts > 2 && share(host.timeouts, host.count) > SLOW_FACTOR * share(rest.timeouts, rest.count))
    return {
      host,
      others: others.length,
      reason: `${host.timeouts} of its ${host.count} requests timed out, ${rest.timeouts} of ${rest.count} at the ${others.length} others`,
    };
  if (host.failed > 2 && share(host.failed, host.count) > 0.05 && share(host.failed, host.count) > SLOW_FACTOR * share(rest.failed, rest.count))
    return {
      host,
      others: others.length,
      reason: `${host.failed} of its ${host.count} requests failed, ${rest.failed} of ${rest.count} at the ${others.length} others`,
    };
  const own = host.latency.percentile(0.5) ?? 0;
  const usual = others.map((o) => o.latency.percentile(0.5) ?? 0).sort((a, b) => a - b)[Math.floor(others.length / 2)] ?? 0;
  if (own > 20 && own > SLOW_FACTOR * Math.max(1, usual))
    return { host, others: others.length, reason: `half of its requests take ${own} ms or more, ${usual} ms at the others` };
  return undefined;
}

function sum(hosts: readonly HostGroup[], value: (host: HostGroup) => number): number {
  return hosts.reduce((total, host) => total + value(host), 0);
}
