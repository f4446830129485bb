import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithEnvoy } from '../support/with-envoy.ts';
import { runFuzz } from './run-fuzz.ts';
import { openTestBed, type TestBed } from './test-bed.ts';

describeWithEnvoy('random configurations', (envoy) => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await openTestBed(envoy);
  });
  afterAll(() => bed.close());

  test('the trace says of over 3000 requests to 320 configurations what a real Envoy does', { timeout: 300_000 }, async () => {
    const seed = Number(process.env['PC_ORACLE_SEED'] ?? Math.floor(Math.random() * 1e9));
    const say = (line: string): void => void process.stdout.write(`oracle, seed ${seed}: ${line}\n`);
    const result = await runFuzz({ seed, configurations: 320, report: say }, bed);
    for (const folder of result.saved) say(`saved ${folder}`);
    expect(result.differences, `seed ${seed}; \`npm run oracle -- --seed ${seed}\` runs it again`).toEqual([]);
    expect(result.configurations).toBeGreaterThanOrEqual(320);
    expect(result.requests).toBeGreaterThanOrEqual(3000);
    expect(result.undetermined / result.requests, 'share of undetermined answers').toBeLessThanOrEqual(0.01);
    expect(result.conditional / result.requests, 'share of conditional answers').toBeLessThanOrEqual(0.03);
  });
});
