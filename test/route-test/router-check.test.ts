import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pc } from '../support/pc.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

const FOLDER = join(SHARED_DATA, 'router-check');
const GOLDEN = '.golden.proto.json';

/** Golden files of Envoy's own tests of router_check_tool that pc does not pass, each with the reason. There is none. */
const DIFFERENCES: Readonly<Record<string, string>> = {};

const names = hasSharedData && existsSync(FOLDER) ? readdirSync(FOLDER).flatMap((file) => (file.endsWith(GOLDEN) ? [file.slice(0, -GOLDEN.length)] : [])) : [];

describe.skipIf(names.length === 0)("router_check_tool's own golden files (../shared/data/router-check; skipped where it is absent)", () => {
  test('all of them are run', () => {
    expect(names).toHaveLength(8);
    expect(Object.keys(DIFFERENCES)).toEqual([]);
  });

  test.each(names)('%s', async (name) => {
    const { status, out } = await pc('test', join(FOLDER, `${name}${GOLDEN}`), '-f', join(FOLDER, `${name}.yaml`), '-o', 'json');
    const { tests } = JSON.parse(out) as { tests: { name: string; result: string; assertions: unknown[] }[] };
    expect(tests.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(tests.every(({ assertions }) => assertions.length > 0)).toBe(true);
    expect(status).toBe(0);
  });

  test.each([
    ['ClusterHeader', 100],
    ['ComprehensiveRoutes', 100],
    ['DetailedCoverage', 50],
    ['Redirect3', 100],
  ])('%s: the coverage is counted as the tool counts it', async (name, percent) => {
    const file = join(FOLDER, `router_check_${name}`);
    const { out } = await pc('test', `${file}${GOLDEN}`, '-f', `${file}.yaml`, '-o', 'json');
    expect(JSON.parse(out).coverage.percent).toBe(percent);
  });

  test('the same routes in a bootstrap file pass the same tests', async () => {
    const tests = join(FOLDER, `router_check_ClusterHeader${GOLDEN}`);
    expect((await pc('test', tests, '-f', join(FOLDER, 'router_check_ClusterHeaderBootstrap.yaml'))).status).toBe(0);
  });
});
