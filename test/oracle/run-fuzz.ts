import fc from 'fast-check';
import { deploy } from './deploy.ts';
import { aggregates } from './generate/aggregate-clusters.ts';
import type { Configuration } from './generate/configuration.ts';
import { chains, matchedChains } from './generate/filter-chains.ts';
import { handover } from './generate/handover.ts';
import { balancing, routing } from './generate/http-listeners.ts';
import { requestsTo } from './generate/requests.ts';
import { subsets } from './generate/subset-clusters.ts';
import { type JudgedShot, judgeRequests, type Shot } from './judge-requests.ts';
import { shrinkDifference } from './shrink-difference.ts';
import type { TestBed } from './test-bed.ts';

/** Every kind of configuration, by how much there is to get wrong. */
export const configuration: fc.Arbitrary<Configuration> = fc.oneof(
  { arbitrary: routing, weight: 8 },
  { arbitrary: chains, weight: 3 },
  { arbitrary: balancing, weight: 2 },
  { arbitrary: subsets, weight: 1 },
  { arbitrary: aggregates, weight: 1 },
  { arbitrary: matchedChains, weight: 1 },
  { arbitrary: handover, weight: 1 },
);

export interface FuzzOptions {
  readonly seed: number;
  /** How many configurations at the least; every batch is run to its end. */
  readonly configurations: number;
  /** Goes on until this time, however many configurations it takes. */
  readonly until?: number;
  /** How many differences are shrunk and saved. */
  readonly save?: number;
  readonly report?: (line: string) => void;
}

export interface FuzzResult {
  readonly configurations: number;
  readonly requests: number;
  readonly right: number;
  readonly conditional: number;
  readonly undetermined: number;
  /** One line for each request that was judged wrong. */
  readonly differences: readonly string[];
  /** Folders of the differences that were saved. */
  readonly saved: readonly string[];
}

const BATCH = 40;
/** Requests to one configuration; few where all of them go the same way. */
const REQUESTS: Readonly<Record<string, number>> = { balancing: 3, aggregate: 3, subsets: 6, 'hand-over': 6 };

/** Generates configurations and requests from the seed, asks Envoy and the trace, and counts where they agree. */
export async function runFuzz(options: FuzzOptions, bed: TestBed): Promise<FuzzResult> {
  const { seed, report = () => undefined } = options;
  const count = { right: 0, conditional: 0, undetermined: 0, wrong: 0 };
  const differences: string[] = [];
  const saved: string[] = [];
  let configurations = 0;
  for (let batch = 0; configurations < options.configurations || Date.now() < (options.until ?? 0); batch++) {
    const batchSeed = seed + batch;
    const list = fc.sample(configuration, { seed: batchSeed, numRuns: BATCH });
    const deployment = await deploy(list, bed);
    let judged: JudgedShot[];
    try {
      judged = await judgeRequests(
        deployment,
        list.flatMap((one, index) => shotsAt(one, index, batchSeed)),
      );
    } finally {
      await deployment.stop();
    }
    for (const shot of judged) count[shot.judgement.verdict]++;
    const wrong = judged.filter((shot) => shot.judgement.verdict === 'wrong');
    for (const shot of wrong) differences.push(`seed ${batchSeed} configuration ${shot.index} (${list[shot.index]?.about}): ${describe(shot)}`);
    for (const shot of differentKinds(wrong).slice(0, Math.max(0, (options.save ?? 3) - saved.length))) {
      saved.push(await shrinkDifference(configuration, { seed: batchSeed, index: shot.index }, shot, bed));
    }
    configurations += list.length;
    report(
      `${configurations} configurations: ${Object.entries(count)
        .map(([verdict, n]) => `${n} ${verdict}`)
        .join(', ')}`,
    );
  }
  const { right, conditional, undetermined, wrong } = count;
  return { configurations, requests: right + conditional + undetermined + wrong, right, conditional, undetermined, differences, saved };
}

function shotsAt(one: Configuration, index: number, seed: number): Shot[] {
  const numRuns = REQUESTS[one.about] ?? 14;
  return fc.sample(requestsTo(one), { seed: seed * 1000 + index, numRuns }).map((request, number) => ({ index, number, request, random: one.random }));
}

/** One of each kind of difference: the same field differs, and Envoy gave the same status, flags and details. */
function differentKinds(wrong: readonly JudgedShot[]): JudgedShot[] {
  const kinds = new Map<string, JudgedShot>();
  for (const shot of wrong) {
    const kind = shot.judgement.reason.split('"cluster"')[0] ?? '';
    if (!kinds.has(kind)) kinds.set(kind, shot);
  }
  return [...kinds.values()];
}

function describe({ request, judgement }: JudgedShot): string {
  const { protocol, method, authority, path, headers, tls, destination } = request;
  return `${JSON.stringify({ protocol, method, authority, path, headers, tls, destination })} -> ${judgement.reason}`;
}
