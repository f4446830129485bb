import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { TraceRequest } from '../../src/match/request.ts';
import { projectRoot } from '../support/project-root.ts';
import { deploy } from './deploy.ts';
import { ENVOY_VERSION } from './envoy-binary.ts';
import type { Configuration } from './generate/configuration.ts';
import { type JudgedShot, judgeRequests, type Shot } from './judge-requests.ts';
import { withoutExtensionLists } from './record/admin-outputs.ts';
import { simplerRequests } from './simpler-requests.ts';
import type { TestBed } from './test-bed.ts';

const TIME_LIMIT_MS = 40_000;

/**
 * Finds the smallest configuration, and then the simplest request, on which Envoy and the trace still differ, and saves them as a
 * snapshot. The configuration is the one that `arbitrary` gives for the seed at this index. Returns the folder.
 */
export async function shrinkDifference(
  arbitrary: fc.Arbitrary<Configuration>,
  origin: { seed: number; index: number },
  shot: Shot,
  bed: TestBed,
): Promise<string> {
  const differs = async (configuration: Configuration, request: TraceRequest): Promise<boolean> => {
    const [judged] = await judgeAlone(configuration, { ...shot, request, index: 0 }, bed);
    return judged?.judgement.verdict === 'wrong';
  };
  const details = await fc.check(
    fc.asyncProperty(arbitrary, async (configuration) => !(await differs(configuration, shot.request))),
    { seed: origin.seed, path: String(origin.index), numRuns: 1, interruptAfterTimeLimit: TIME_LIMIT_MS },
  );
  const smallest = details.counterexample?.[0] ?? fc.sample(arbitrary, { seed: origin.seed, numRuns: origin.index + 1 })[origin.index];
  if (smallest === undefined) throw new Error('the configuration cannot be generated again');
  const request = await simplest(shot.request, (candidate) => differs(smallest, candidate));
  return save(smallest, { ...shot, request, index: 0 }, origin, bed);
}

async function simplest(request: TraceRequest, differs: (candidate: TraceRequest) => Promise<boolean>): Promise<TraceRequest> {
  const deadline = Date.now() + TIME_LIMIT_MS / 2;
  for (const candidate of simplerRequests(request)) {
    if (Date.now() > deadline) break;
    if (await differs(candidate)) return simplest(candidate, differs);
  }
  return request;
}

async function judgeAlone(
  configuration: Configuration,
  shot: Shot,
  bed: TestBed,
  then?: (dumps: string, request: TraceRequest) => void,
): Promise<JudgedShot[]> {
  const deployment = await deploy([configuration], bed);
  try {
    then?.(deployment.dumps, deployment.aim(0, shot.request));
    return await judgeRequests(deployment, [shot]);
  } finally {
    await deployment.stop();
  }
}

async function save(configuration: Configuration, shot: Shot, origin: { seed: number; index: number }, bed: TestBed): Promise<string> {
  const name = `difference-${origin.seed}-${origin.index}-${shot.number}`;
  const target = join(projectRoot(), 'snapshots', name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const write = (file: string, value: unknown): void => writeFileSync(join(target, file), `${JSON.stringify(value, null, 1)}\n`);
  let request = shot.request;
  const [judged] = await judgeAlone(configuration, shot, bed, (dumps, aimed) => {
    request = aimed;
    for (const file of readdirSync(dumps)) write(file, withoutExtensionLists(JSON.parse(readFileSync(join(dumps, file), 'utf8'))));
  });
  const story = `Found by the generator with seed ${origin.seed}: Envoy and the trace differed (${judged?.judgement.reason.slice(0, 300)}).`;
  write('case.json', { name, story, requests: [{ id: 'difference', ...request }] });
  write('observed.json', { envoy: ENVOY_VERSION, answers: [{ id: 'difference', ...judged?.observed }] });
  return target;
}
