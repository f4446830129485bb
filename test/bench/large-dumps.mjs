// Cost of each command on large dumps against JSON.parse of the same file in the same run: npm run bench -- [--large] [--runs N]
// CPU and wall are of the whole process, from the start of Node to its end; the commands take turns, so that a noisy machine slows all alike.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeDump } from './istio-dump.mjs';

const flags = process.argv.slice(2);
const runs = flags.includes('--runs') ? Number(flags[flags.indexOf('--runs') + 1]) : 5;
const pc = resolve('bin/pc.js');
if (!existsSync('dist/cli/main.js')) throw new Error('no dist/: run `npm run build` first');

const SIZES = [
  { services: 40 },
  { services: 400 },
  { services: 6000 },
  { services: 6000, compact: true },
  ...(flags.includes('--large') ? [{ services: 40_000 }] : []),
];
const PARSE = "JSON.parse(require('fs').readFileSync(process.argv[1]))";
const commands = (file) => [
  ['node -e 0', ['-e', '0']],
  ['JSON.parse', ['-e', PARSE, file]],
  ['pc --help', [pc, '--help']],
  ...['listeners', 'routes', 'clusters', 'endpoints'].map((table) => [`pc ${table}`, [pc, table, '-f', file]]),
  ['pc clusters --fqdn', [pc, 'clusters', '-f', file, '--fqdn', 'service-000010.shop.svc.cluster.local']],
  ['pc trace', [pc, 'trace', 'http://service-000010.shop.svc.cluster.local/', '--listener', '0.0.0.0_80', '-f', file]],
];

const REPORT = `process.on('exit', () => { const u = process.resourceUsage();
  require('fs').writeSync(3, JSON.stringify([(u.userCPUTime + u.systemCPUTime) / 1e6, u.maxRSS / 1024])); });`;

/** CPU seconds, wall seconds and peak MiB of one process. */
function measure(folder, args) {
  const start = performance.now();
  const child = spawnSync(process.execPath, ['--require', join(folder, 'report.cjs'), ...args], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const [cpu, rss] = JSON.parse(String(child.output[3]) || '[null, null]');
  return { cpu, rss, wall: (performance.now() - start) / 1000 };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const folder = mkdtempSync(join(tmpdir(), 'pc-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'report.cjs'), REPORT);
console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, median of ${runs}`);
for (const size of SIZES) {
  const file = join(folder, 'dump.json');
  const bytes = writeDump(file, size);
  const taken = new Map(commands(file).map(([name]) => [name, []]));
  for (let run = 0; run < runs; run++) for (const [name, args] of commands(file)) taken.get(name).push(measure(folder, args));
  console.log(`\n${(bytes / 1e6).toFixed(1)} MB${size.compact ? ', compact' : ', indented'}`);
  const base = median(taken.get('JSON.parse').map(({ cpu }) => cpu));
  for (const [name, values] of taken) {
    const [cpu, wall, rss] = ['cpu', 'wall', 'rss'].map((key) => median(values.map((value) => value[key])));
    console.log(
      `${name.padEnd(20)} CPU ${cpu.toFixed(2).padStart(6)} s  wall ${wall.toFixed(2).padStart(6)} s  RSS ${rss.toFixed(0).padStart(5)} MiB  ${(cpu / base).toFixed(2).padStart(6)} × JSON.parse`,
    );
  }
}
