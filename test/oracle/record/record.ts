import { join } from 'node:path';
import { projectRoot } from '../../support/project-root.ts';
import { CHAINS } from '../cases/chains.ts';
import { CASES } from '../cases/index.ts';
import { findEnvoy, HOW_TO_GET_ENVOY } from '../envoy-binary.ts';
import { startPods } from './pods.ts';
import { recordCase } from './record-case.ts';
import { recordChain } from './record-chain.ts';

// npm run snapshots:record [-- NAME…]: records the named cases, or all of them, into snapshots/NAME/.

const binary = findEnvoy();
if (binary === undefined) throw new Error(HOW_TO_GET_ENVOY);
const wanted = process.argv.slice(2);
const names = [...CASES, ...CHAINS].map((c) => c.name);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`no such case: ${unknown.join(', ')}; there are: ${names.join(', ')}`);
const stopPods = await startPods();
const isWanted = ({ name }: { readonly name: string }): boolean => wanted.length === 0 || wanted.includes(name);
const record = async <C extends { readonly name: string }>(case_: C, run: (case_: C, binary: string, target: string) => Promise<void>): Promise<void> => {
  await run(case_, binary, join(projectRoot(), 'snapshots', case_.name));
  process.stdout.write(`recorded snapshots/${case_.name}\n`);
};
try {
  for (const case_ of CASES.filter(isWanted)) await record(case_, recordCase);
  for (const case_ of CHAINS.filter(isWanted)) await record(case_, recordChain);
} finally {
  await stopPods();
}
