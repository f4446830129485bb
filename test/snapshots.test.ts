import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxy } from '../src/cli/load-proxy.ts';
import type { TraceRequest } from '../src/match/request.ts';
import { traceRequest } from '../src/trace/trace-request.ts';
import { compareAnswer } from './oracle/compare.ts';
import type { Observed } from './oracle/observed.ts';
import { projectRoot } from './support/project-root.ts';

const SNAPSHOTS = join(projectRoot(), 'snapshots');

describe.each(snapshotNames())('snapshot %s', async (name) => {
  const read = <T>(file: string): T => JSON.parse(readFileSync(join(SNAPSHOTS, name, file), 'utf8')) as T;
  const { requests } = read<{ requests: (TraceRequest & { id: string; judged?: string })[] }>('case.json');
  const observed = read<{ answers: (Observed & { id: string })[] }>('observed.json').answers;
  const proxy = await loadProxy({ files: [join(SNAPSHOTS, name)] });

  test('every recorded request has its answer from Envoy', () => {
    expect(observed.map((answer) => answer.id)).toEqual(requests.map((request) => request.id));
  });

  test.each(requests)('$id: the trace says what Envoy did', (request) => {
    const answer = traceRequest(proxy, request);
    const seen = observed.find((o) => o.id === request.id) as Observed;
    const { verdict, reason } = compareAnswer(seen, answer);
    expect(['right', request.judged], `${reason}\n${JSON.stringify(answer.outcomes, null, 1)}`).toContain(verdict);
  });
});

function snapshotNames(): string[] {
  return readdirSync(SNAPSHOTS).filter((name) => existsSync(join(SNAPSHOTS, name, 'observed.json')));
}
