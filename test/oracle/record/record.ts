import { join } from 'node:path';
import { projectRoot } from '../../support/project-root.ts';
import { CASES } from '../cases/index.ts';
import { findEnvoy, HOW_TO_GET_ENVOY } from '../envoy-binary.ts';
import { startPods } from './pods.ts';
import { recordCase } from './record-case.ts';

// npm run snapshots:record [-- NAME…]: records the named cases, or all of them, into snapshots/NAME/.

const binary = findEnvoy();
if (binary === undefined) throw new Error(HOW_TO_GET_ENVOY);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !CASES.some((c) => c.name === name));
if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}; there are: ${CASES.map((c) => c.name).join(', ')}`);
const stopPods = await startPods();
try {
  for (const case_ of CASES) {
    if (wanted.length > 0 && !wanted.includes(case_.name)) continue;
    await recordCase(case_, binary, join(projectRoot(), 'snapshots', case_.name));
    process.stdout.write(`recorded snapshots/${case_.name}\n`);
  }
} finally {
  await stopPods();
}
