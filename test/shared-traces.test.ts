import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxy } from '../src/cli/load-proxy.ts';
import type { TraceRequest } from '../src/match/request.ts';
import type { Outcome, TraceAnswer } from '../src/trace/trace-answer.ts';
import { traceRequest } from '../src/trace/trace-request.ts';
import { compareAnswer } from './oracle/compare.ts';
import type { Observed, ObservedOutcome } from './oracle/observed.ts';
import { SHARED_DATA } from './support/shared-data.ts';

/** Requests that a real Envoy, or Istio's simulator, answered before: one folder of requests.jsonl a case. */
type Seen = Record<string, unknown>;
type RecordedRequest = TraceRequest & { readonly id: string; readonly raw?: unknown; readonly observed: Seen };

describe.skipIf(!existsSync(SHARED_DATA))('recorded requests (../shared/data; skipped where it is absent)', () => {
  test.each(['g1_vhosts', 'g2_match', 'g3_actions', 'g4_clusters', 'g5_listeners', 'g6_istio', 'g7_fuzz'])('%s: what a real Envoy did', async (group) => {
    const counts = await judge(join(SHARED_DATA, 'traces', group), (request, answer) => compareAnswer(observedOf(request.observed), answer));
    expect(counts.wrong).toEqual([]);
    // Scripts, authorization services and internal redirects stand in g3 alone.
    expect(counts.undetermined / counts.total).toBeLessThanOrEqual(group === 'g3_actions' ? 0.1 : 0.01);
    expect(counts.conditional / counts.total).toBeLessThanOrEqual(0.03);
  });

  test("Istio's own configuration, behind real redirection", async () => {
    const counts = await judge(join(SHARED_DATA, 'istio'), (request, answer) => compareAnswer(observedOf(request.observed), answer));
    expect(counts).toMatchObject({ wrong: [], undetermined: 0, conditional: 0 });
    expect(counts.total).toBeGreaterThan(20);
  });

  test("Istio's traffic simulation", async () => {
    const counts = await judge(join(SHARED_DATA, 'traces-simulation'), (request, answer) => {
      const reasons = answer.outcomes.map((said) => simulationDifference(request.observed, said, answer));
      const isRight = answer.verdict === 'undetermined' || reasons.includes(undefined);
      return { verdict: isRight ? 'right' : 'wrong', reason: reasons.join(', ') };
    });
    expect(counts.wrong).toEqual([]);
    expect(counts.total).toBeGreaterThan(150);
  });
});

async function judge(folder: string, compare: (request: RecordedRequest, answer: TraceAnswer) => { readonly verdict: string; readonly reason: string }) {
  const counts = { total: 0, conditional: 0, undetermined: 0, wrong: [] as string[] };
  for (const found of casesBelow(folder)) {
    const proxy = await loadProxy({ files: [found] });
    for (const line of readFileSync(join(found, 'requests.jsonl'), 'utf8').split('\n')) {
      if (line.trim() === '') continue;
      const request = JSON.parse(line) as RecordedRequest;
      // Deliberately malformed bytes are no request that pc is asked about.
      if (request.raw !== undefined) continue;
      counts.total++;
      const { verdict, reason } = compare(request, traceRequest(proxy, request, { terse: true }));
      if (verdict === 'wrong') counts.wrong.push(`${relative(folder, found)} ${request.id}: ${reason}`);
      if (verdict === 'conditional') counts.conditional++;
      if (verdict === 'undetermined') counts.undetermined++;
    }
  }
  return counts;
}

function casesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name === 'requests.jsonl')
    .map((entry) => entry.parentPath)
    .sort();
}

/** The recording's `{freq: …}` of a field that varied says nothing of one outcome: it is left out. */
function observedOf(seen: Seen): Observed {
  const base = Object.fromEntries(Object.entries(seen).filter(([key, value]) => key !== 'outcomes' && !isFrequency(value)));
  const joint = (seen['outcomes'] as Seen[] | undefined) ?? [base];
  const outcomes = joint.map((one) => {
    const merged = { ...NOTHING, ...base, ...one };
    const hosts = (merged as Seen)['upstream_host'];
    const several = typeof hosts === 'object' && hosts !== null ? { upstream_host: null, hosts: hosts as Record<string, number> } : {};
    return { n: 1, ...merged, ...several } as unknown as ObservedOutcome & { n: number };
  });
  return { n: outcomes.reduce((sum, one) => sum + one.n, 0), isSample: seen['outcomes'] !== undefined, outcomes };
}

/** What a recording leaves out was not there. */
const NOTHING = {
  status: null,
  flags: null,
  details: null,
  virtual_host: null,
  route_name: null,
  cluster: null,
  upstream_host: null,
  upstream: null,
  filter_chain: null,
  location: null,
  headers: {},
  body: '',
};

function isFrequency(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'freq' in value;
}

const ERROR_FLAGS: Readonly<Record<string, string>> = { ErrNoVirtualHost: 'NR', ErrNoRoute: 'NR', ErrNoFilterChain: 'NR' };

/** The simulator names what was matched, and one error; it stops at the cluster. */
function simulationDifference(seen: Seen, said: Outcome, answer: TraceAnswer): string | undefined {
  const named: readonly (readonly [string, string | null])[] = [
    ['listener', answer.listener],
    ['filter_chain', answer.filter_chain],
    ['route_config', said.route_config],
    ['virtual_host', said.virtual_host],
    ['route', said.route],
    ['cluster', said.cluster],
  ];
  for (const [field, value] of named) if (seen[field] && value !== seen[field]) return `${field} ${value}, not ${String(seen[field])}`;
  const error = String(seen['error'] ?? '');
  if (ERROR_FLAGS[error] !== undefined && said.flags !== ERROR_FLAGS[error]) return `flags ${said.flags} for ${error}`;
  if (error === 'ErrTLSRedirect') return said.status === 301 ? undefined : `status ${said.status} for ${error}`;
  return error !== '' && said.verdict !== 'broken' ? `${said.verdict} for ${error}` : undefined;
}
