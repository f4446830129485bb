// What each command costs on dumps of 1, 10 and 150 MB (with --large also 1 GB), indented as Envoy does and compact, against JSON.parse of
// the same file: npm run bench -- [--large] [--runs N] [--only MB]. Writes tables in Markdown, for docs/performance.md.
// All is of the whole process; the commands take turns, so that a machine that does other work slows all alike.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { writeDump } from './istio-dump.mjs';
import { Meter, median } from './measure-process.mjs';

const flags = process.argv.slice(2);
const numberOf = (flag, fallback) => (flags.includes(flag) ? Number(flags[flags.indexOf(flag) + 1]) : fallback);
const runs = numberOf('--runs', 5);
const pc = resolve('bin/pc.js');
if (!existsSync('dist/cli/main.js')) throw new Error('no dist/: run `npm run build` first');

/** Services of a dump of about so many MB, and whether it is compared packed. */
const SIZES = [
  { mb: 1, services: 40 },
  { mb: 10, services: 400 },
  { mb: 150, services: 6000, packed: true },
  ...(flags.includes('--large') ? [{ mb: 1000, services: 40_000, packed: true }] : []),
].filter(({ mb }) => mb === numberOf('--only', mb));

const PARSE = "JSON.parse(require('fs').readFileSync(process.argv[1]))";
/** The longest text that V8 takes. */
const MAX_TEXT = 2 ** 29 - 24;
const FQDN = 'service-000010.shop.svc.cluster.local';

const folder = mkdtempSync(join(tmpdir(), 'pc-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
const cache = join(folder, 'cache');
// More certificates than Node's own would be read at each start, be it of `node -e 0`: longer than all the rest of it.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
const meter = new Meter(folder, { ...env, XDG_CACHE_HOME: cache });

/** What was found of a dump is forgotten; the code that was compiled for a command stays, as it is not of the dump. */
function forgetIndexes() {
  for (const name of existsSync(cache) ? readdirSync(cache, { recursive: true }) : []) if (name.endsWith('.index')) rmSync(join(cache, name));
}

/** Name of each command, and how it is measured. */
function commandsOn(file, { packed }) {
  const trace = [pc, 'trace', `http://${FQDN}/`, '--listener', '0.0.0.0_80'];
  const again =
    (...args) =>
    () =>
      meter.node(args);
  const run =
    (...args) =>
    () => {
      forgetIndexes();
      return meter.node(args);
    };
  return [
    ['node -e 0', run('-e', '0')],
    ['pc --help', run(pc, '--help')],
    ['JSON.parse(readFileSync)', run('-e', PARSE, file)],
    ...['listeners', 'routes', 'clusters', 'endpoints'].map((table) => [`pc ${table}`, run(pc, table, '-f', file)]),
    ['pc clusters --fqdn', run(pc, 'clusters', '--fqdn', FQDN, '-f', file)],
    ['pc clusters --fqdn -o raw', run(pc, 'clusters', '--fqdn', FQDN, '-o', 'raw', '-f', file)],
    ['pc trace', run(...trace, '-f', file)],
    ['pc trace, again', again(...trace, '-f', file)],
    ['pc clusters --fqdn, again', again(pc, 'clusters', '--fqdn', FQDN, '-f', file)],
    ...(packed
      ? [
          ['gunzip -c', () => meter.shell(`gunzip -c '${file}.gz' > /dev/null`)],
          ['pc listeners, gzip', run(pc, 'listeners', '-f', `${file}.gz`)],
          ['pc clusters, gzip', run(pc, 'clusters', '-f', `${file}.gz`)],
          ['pc trace, gzip', run(...trace, '-f', `${file}.gz`)],
          ['pc listeners, standard input', () => meter.node([pc, 'listeners', '-f', '-'], openSync(file, 'r'))],
        ]
      : []),
  ];
}

async function measure(file, size) {
  const commands = commandsOn(file, size);
  const taken = new Map(commands.map(([name]) => [name, []]));
  // A command is not run for the first time: its code is kept.
  for (const [name, run] of commands) if (name.startsWith('pc')) run();
  for (let round = 0; round < runs; round++) {
    for (const [name, run] of commands) {
      taken.get(name).push(run());
      // A signal is heard only between two commands.
      await new Promise(setImmediate);
    }
  }
  return new Map(
    [...taken].map(([name, all]) => [name, Object.fromEntries(['cpu', 'wall', 'rss', 'status'].map((key) => [key, median(all.map((one) => one[key]))]))]),
  );
}

const seconds = (value) => `${value.toFixed(2)} s`;

function print(bytes, compact, results, baseline) {
  console.log(`\n### ${(bytes / 1e6).toFixed(1)} MB, ${compact ? 'compact' : 'indented'}\n`);
  if (bytes > MAX_TEXT && baseline !== undefined)
    console.log(`JSON.parse cannot read it (the text is too long for V8): the ratio is to ${seconds(baseline)}, what it takes for 150 MB times the size.\n`);
  console.log('| command | CPU | × JSON.parse | wall | peak memory |\n| --- | ---: | ---: | ---: | ---: |');
  for (const [name, { cpu, wall, rss, status }] of results) {
    if (status > 1) console.log(`| \`${name}\` | fails with status ${status} | | | |`);
    else
      console.log(
        `| \`${name}\` | ${seconds(cpu)} | ${baseline ? (cpu / baseline).toFixed(2) : ''} | ${seconds(wall)} | ${rss === undefined ? '' : `${rss.toFixed(0)} MiB`} |`,
      );
  }
}

console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}, median of ${runs}`);
const file = join(folder, 'dump.json');
for (const compact of [false, true]) {
  const seen = [];
  for (const size of SIZES) {
    const bytes = writeDump(file, { services: size.services, compact });
    if (size.packed) spawnSync('gzip', ['-kf', file]);
    const results = await measure(file, size);
    const parsed = results.get('JSON.parse(readFileSync)');
    const reference = seen.at(-1);
    const baseline = bytes <= MAX_TEXT ? parsed.cpu : reference && (reference.parse * bytes) / reference.bytes;
    if (bytes > MAX_TEXT) results.delete('JSON.parse(readFileSync)');
    print(bytes, compact, results, baseline);
    seen.push({ bytes, parse: baseline, results });
  }
  const [before, last] = seen.slice(-2);
  if (last === undefined) continue;
  console.log(
    `\nFrom ${(before.bytes / 1e6).toFixed(0)} to ${(last.bytes / 1e6).toFixed(0)} MB the size grows ${(last.bytes / before.bytes).toFixed(1)} times, CPU:`,
  );
  for (const [name, { cpu }] of last.results) console.log(`- \`${name}\`: ${(cpu / before.results.get(name)?.cpu).toFixed(1)} times`);
}
