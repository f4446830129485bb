import { spawnSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';

const set = vi.hoisted(() => [] as string[]);
vi.mock('node:v8', () => ({ setFlagsFromString: (flag: string) => void set.push(flag) }));

/** Sets the flags in turns for two seconds, while functions are compiled that draw in others. */
const COMPILING = `
const { setFlagsFromString } = require('node:v8');
const flags = process.argv.slice(1);
const make = (i) => new Function('n', 'function inner(a) { let s = a;' + 's += a * ' + i + '; s ^= a; s |= 1;'.repeat(8) + 'return s } let t = 0; for (let k = 0; k < n; k++) t = (t + inner(k)) | 0; return t');
for (let i = 0, end = Date.now() + 2000; Date.now() < end; i++) {
  const compiled = make(i);
  for (let round = 0; round < 40; round++) {
    compiled(2000);
    setFlagsFromString(flags[round % flags.length]);
  }
}
console.log('done');`;

test('the flags may change while the engine compiles: it does not end the process', async () => {
  const { compileAsUsual, compileBriefly } = await import('../../src/source/compile-briefly.ts');
  compileBriefly();
  compileAsUsual();
  expect(set.length).toBeGreaterThan(1);
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', COMPILING, '--', ...set], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe('done\n');
});
