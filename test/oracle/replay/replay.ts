import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import type { TraceRequest } from '../../../src/match/request.ts';
import { findEnvoy, HOW_TO_GET_ENVOY } from '../envoy-binary.ts';
import { type JudgedShot, judgeRequests } from '../judge-requests.ts';
import { openTestBed, type TestBed } from '../test-bed.ts';
import { startUpstream, type Upstream } from '../upstreams.ts';
import { redeployDump, whyNotServed } from './redeploy-dump.ts';
import { variantsOf } from './request-variants.ts';

// npm run oracle:replay -- DIR… [--requests N] [--seed S] [--only TEXT]: serves recorded dumps anew and asks what was not asked before.
// DIR holds GROUP/CASE/{config_dump.json, requests.jsonl, case.json}.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { requests: { type: 'string', default: '40' }, seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});
const envoy = findEnvoy();
if (envoy === undefined) throw new Error(HOW_TO_GET_ENVOY);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const reasons = new Map<string, number>();
const bed = await openTestBed(envoy);
const total: Record<string, number> = { right: 0, conditional: 0, undetermined: 0, wrong: 0 };
try {
  for (const directory of positionals) for (const folder of casesIn(directory)) if (folder.includes(values.only)) await replay(folder, bed);
} finally {
  await bed.close();
}
for (const [reason, n] of [...reasons].sort(([, a], [, b]) => b - a)) say(`${n} ${reason}`);
say(
  Object.entries(total)
    .map(([verdict, n]) => `${n} ${verdict}`)
    .join(', '),
);
process.exitCode = (total['wrong'] ?? 0) > 0 ? 1 : 0;

function casesIn(directory: string): string[] {
  if (existsSync(join(directory, 'requests.jsonl'))) return [directory];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => casesIn(join(directory, entry.name)))
    .sort();
}

async function replay(folder: string, bed: TestBed): Promise<void> {
  const why = whyNotServed(readFileSync(join(folder, 'config_dump.json'), 'utf8'));
  const recorded = readFileSync(join(folder, 'requests.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TraceRequest & { raw?: string; observed?: unknown })
    .filter((r) => r.raw === undefined && r.method !== 'CONNECT' && r.tls?.client_cert === undefined)
    .map(({ observed: _, id: __, ...request }) => request as TraceRequest);
  if (why !== undefined || recorded.length === 0) return say(`${folder}: skipped, ${why ?? 'no request to vary'}`);
  let upstreams: Upstream[] = [];
  let deployment: Awaited<ReturnType<typeof redeployDump>> | undefined;
  try {
    upstreams = await startUpstreams(folder, bed);
    deployment = await redeployDump(folder, bed);
    const requests = fc.sample(variantsOf(recorded), { seed: Number(values.seed), numRuns: Number(values.requests) });
    const shots = requests.map((request, number) => ({ number, index: 0, request, random: false }));
    const judged = await judgeRequests(deployment, shots);
    for (const { judgement } of judged) {
      total[judgement.verdict] = (total[judgement.verdict] ?? 0) + 1;
      const reason = `${judgement.verdict}: ${judgement.reason}`;
      if (judgement.verdict === 'conditional' || judgement.verdict === 'undetermined') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    for (const shot of judged) if (shot.judgement.verdict === 'wrong') say(`${folder}: ${describe(shot)}`);
  } catch (error) {
    say(`${folder}: ${(error as Error).message.split('\n')[0]}`);
  } finally {
    await deployment?.stop();
    await Promise.all(upstreams.map((u) => u.close()));
  }
}

async function startUpstreams(folder: string, bed: TestBed): Promise<Upstream[]> {
  const { upstreams = {} } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as { upstreams?: Record<string, string> };
  const started: Upstream[] = [];
  for (const [address, name] of Object.entries(upstreams)) {
    // Names with d stand for ports on which nothing listens.
    if (name.startsWith('d')) continue;
    const tls = name === 'utls' ? { tls: bed.certificate } : {};
    started.push(await startUpstream({ name, port: Number(address.split(':').at(-1)), ...tls }));
  }
  return started;
}

function describe({ request, judgement }: JudgedShot): string {
  const { listener, protocol, method, authority, path, headers, tls, destination } = request;
  return `${JSON.stringify({ port: listener?.port, protocol, method, authority, path, headers, tls, destination })} -> ${judgement.reason}`;
}
