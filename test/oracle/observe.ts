import type { TraceRequest } from '../../src/match/request.ts';
import type { AccessLog, LogLine } from './access-log.ts';
import { type ClientResult, type SendOptions, sendRequest } from './client.ts';
import type { Observed, ObservedOutcome } from './observed.ts';

const KEPT_HEADERS = ['server', 'location', 'grpc-status', 'x-up-method', 'x-up-path', 'x-up-host'];

/** The line that tells most is that of who came last to the request. */
const FARTHEST_FIRST: readonly LogLine['writer'][] = ['http', 'tcp', 'internal listener', 'tunnel', 'listener'];

/** Sends the request `times` times and says what Envoy did, from the client's side and from the access log. */
export async function observe(request: TraceRequest, log: AccessLog, times = 1, options: SendOptions = {}): Promise<Observed> {
  const seen: ObservedOutcome[] = [];
  for (let i = 0; i < times; i++) {
    const result = await sendRequest(request, options);
    const lines = result.localPort === 0 ? [] : await log.takeLines({ client: result.localPort, listener: request.listener?.port ?? 0 }, result.isInTunnel);
    seen.push(outcome(result, lines));
  }
  return merge(seen);
}

function outcome(result: ClientResult, lines: readonly LogLine[]): ObservedOutcome {
  const line = FARTHEST_FIRST.flatMap((writer) => lines.find((l) => l.writer === writer) ?? [])[0];
  const logged = line?.status === 0 ? null : (line?.status ?? null);
  return {
    status: result.status,
    via: line?.writer ?? 'none',
    flags: plain(line?.flags),
    details: plain(line?.details),
    virtual_host: plain(line?.virtual_host),
    route_name: plain(line?.route),
    cluster: plain(line?.cluster),
    upstream_host: plain(line?.upstream_host),
    upstream: result.headers['x-upstream'] ?? null,
    filter_chain: plain(line?.filter_chain),
    location: result.headers['location'] ?? null,
    headers: Object.fromEntries(KEPT_HEADERS.flatMap((name) => (result.headers[name] === undefined ? [] : [[name, result.headers[name]]]))),
    body: result.body.slice(0, 80),
    ...(result.connection === null ? {} : { connection: result.connection }),
    ...(logged === null || logged === result.status ? {} : { log_status: logged }),
    ...(result.alpn === null ? {} : { alpn: result.alpn }),
    ...(line?.tls_failure ? { tls_failure: line.tls_failure } : {}),
    ...(line?.termination ? { termination: line.termination } : {}),
  };
}

/** Equal outcomes are counted together; the host that the load balancer took does not make them different. */
function merge(seen: readonly ObservedOutcome[]): Observed {
  const groups = new Map<string, { outcome: ObservedOutcome; n: number; hosts: Record<string, number> }>();
  for (const one of seen) {
    const key = JSON.stringify({ ...one, upstream_host: null, upstream: null, body: '', connection: undefined, termination: undefined });
    const group = groups.get(key) ?? { outcome: one, n: 0, hosts: {} };
    group.n++;
    if (one.upstream_host !== null) group.hosts[one.upstream_host] = (group.hosts[one.upstream_host] ?? 0) + 1;
    groups.set(key, group);
  }
  const outcomes = [...groups.values()].map(({ outcome, n, hosts }) => ({ ...outcome, n, ...(Object.keys(hosts).length > 1 ? { hosts: sorted(hosts) } : {}) }));
  outcomes.sort((a, b) => b.n - a.n || JSON.stringify(a).localeCompare(JSON.stringify(b)));
  return { n: seen.length, outcomes };
}

function sorted(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
}

function plain(value: string | null | undefined): string | null {
  return value === undefined || value === null || value === '' || value === '-' ? null : value;
}
