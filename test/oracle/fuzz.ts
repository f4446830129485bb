import { parseArgs } from 'node:util';
import { findEnvoy, HOW_TO_GET_ENVOY } from './envoy-binary.ts';
import { runFuzz } from './run-fuzz.ts';
import { openTestBed } from './test-bed.ts';

// npm run oracle -- [--minutes N] [--seed S] [--save N]: asks a real Envoy and the trace for as long as told and says where they differ.

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string' }, save: { type: 'string', default: '3' } } });
const envoy = findEnvoy();
if (envoy === undefined) throw new Error(HOW_TO_GET_ENVOY);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${seed}`);
const bed = await openTestBed(envoy);
try {
  const result = await runFuzz({ seed, configurations: 1, until: Date.now() + Number(values.minutes) * 60_000, save: Number(values.save), report: say }, bed);
  for (const difference of result.differences) say(difference);
  for (const folder of result.saved) say(`saved ${folder}`);
  const { configurations, requests, right, conditional, undetermined, differences } = result;
  say(
    `seed ${seed}: ${configurations} configurations, ${requests} requests: ${right} right, ${conditional} conditional, ${undetermined} undetermined, ${differences.length} wrong`,
  );
  process.exitCode = differences.length > 0 ? 1 : 0;
} finally {
  await bed.close();
}
