import { buildProxyConfig } from '../../decode/build-proxy-config.ts';
import { type ExplainedFinding, explainFinding } from '../../diagnostics/explain-finding.ts';
import { FINDINGS } from '../../diagnostics/findings/index.ts';
import { producerOf } from '../../diagnostics/producer.ts';
import { Failure } from '../../dump/failure.ts';
import { lintPairs } from '../../lint/lint-pairs.ts';
import { runLint } from '../../lint/run-lint.ts';
import { CHECK_REPORTS, checkText, countText } from '../../render/check-report.ts';
import { paddedColumns } from '../../render/padded-columns.ts';
import { styleFor } from '../../render/style.ts';
import { readBaseline, writeBaseline } from '../../source/baseline-file.ts';
import type { ProxyInput } from '../../source/read-input.ts';
import { defineCommand } from '../command.ts';
import { type InputArgs, inputProxies, isLive } from '../command-input.ts';
import { COMMON_FLAGS, nowOf } from '../common-flags.ts';
import { durationOf } from '../duration-flag.ts';
import { EXIT } from '../exit-code.ts';
import { withRegions } from '../finding-regions.ts';
import type { Io } from '../io.ts';
import { LIVE_FLAGS, TARGET } from '../live-flags.ts';
import { loadProxies } from '../load-proxy.ts';
import { tellAllNotes } from '../notes.ts';
import { readingOptions } from '../reading-flags.ts';

const CHECK = 'Check:';
const SEVERITIES = ['error', 'warning', 'info'] as const;
const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { h: DAY / 24, d: DAY, w: 7 * DAY };

export const command = defineCommand({
  flags: {
    ...COMMON_FLAGS,
    ...LIVE_FLAGS,
    output: { ...COMMON_FLAGS.output, choices: ['text', 'table', 'json', 'sarif', 'junit', 'github'], default: 'text', describe: 'form of the answer' },
    only: { type: 'string', list: true, describe: 'look for these ids or slugs only', group: CHECK },
    ignore: { type: 'string', list: true, describe: 'leave these ids or slugs out', group: CHECK },
    'fail-on': { type: 'string', choices: [...SEVERITIES, 'never'], default: 'error', describe: 'exit with 1 from this severity on', group: CHECK },
    expiring: { type: 'string', default: '14d', describe: 'report certificates that end within this time: 36h, 14d, 4w', group: CHECK },
    warming: { type: 'string', default: '30s', describe: 'report resources that warm for longer than this: 30s, 5m', group: CHECK },
    baseline: { type: 'string', describe: 'leave out what this file lists', group: CHECK },
    'write-baseline': { type: 'string', describe: 'write what was found to this file', group: CHECK },
  },
  positionals: [TARGET],
  examples: [
    ['pc check -f config_dump.json', 'what is wrong in this dump, without any request'],
    ['pc check -f config_dump.json --only PC4001,route-shadowed', 'look for these only'],
    ['pc check -f config_dump.json --expiring 30d --fail-on warning', 'in a pipeline'],
    ['pc check -f client.json -f server.json', 'two ends: plain text to a port that takes mutual TLS only'],
    ['pc check -f config_dump.json --write-baseline known.json', 'accept what is there now; later: --baseline known.json'],
    ['pc check -f config_dump.json -o sarif > pc.sarif', 'for code scanning'],
  ],
  async run(args, io) {
    const wanted = (list: readonly string[]): ReadonlySet<string> => new Set(list.flatMap((text) => text.split(',')).map(idOf));
    const only = wanted(args.only);
    const ignored = wanted(args.ignore);
    const known = args.baseline === undefined ? new Set<string>() : readBaseline(args.baseline);
    const options = { now: nowOf(args), expiringMs: expiringOf(args.expiring), warmingMs: durationOf('--warming', args.warming), isLive: isLive(args) };
    const found: ExplainedFinding[] = [];
    const inputs = await inputsOf(args, io);
    const proxies = inputs.map(({ name, documents, notes }) => buildProxyConfig(name, documents, notes));
    for (const proxy of proxies) {
      tellAllNotes(proxy, io);
      const producer = producerOf(proxy);
      for (const finding of runLint(proxy, options)) found.push(explainFinding(finding, proxy, producer));
    }
    for (const { proxy, finding } of lintPairs(proxies)) found.push(explainFinding(finding, proxy, producerOf(proxy)));
    if (args['write-baseline'] !== undefined) writeBaseline(args['write-baseline'], [...new Set(found.map(keyOf))].sort());
    const chosen = found.filter((f) => (only.size === 0 || only.has(f.id)) && !ignored.has(f.id) && !known.has(keyOf(f)));
    const kept = isLive(args)
      ? chosen
      : [
          ...withRegions(
            chosen,
            inputs.flatMap(({ documents }) => documents),
          ),
        ];
    kept.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
    print(kept, found.length - kept.length, args.output, io);
    const limit = (SEVERITIES as readonly string[]).indexOf(args['fail-on']);
    return kept.some((f) => SEVERITIES.indexOf(f.severity) <= limit) ? EXIT.finding : EXIT.fine;
  },
});

/** What a baseline remembers of a finding. */
function keyOf(finding: ExplainedFinding): string {
  return `${finding.id} ${finding.subject}`;
}

async function inputsOf(args: InputArgs, io: Io): Promise<readonly ProxyInput[]> {
  if (isLive(args) || args.file.length === 0) return inputProxies(args, { kinds: 'everything', companions: ['clusters', 'certs'] }, io);
  return loadProxies({ files: args.file, proxy: args.proxy, ...readingOptions(args, io) });
}

function print(findings: readonly ExplainedFinding[], hidden: number, output: string, io: Io): void {
  if (output in CHECK_REPORTS) io.out(CHECK_REPORTS[output as keyof typeof CHECK_REPORTS](findings));
  else if (output === 'table') {
    const several = new Set(findings.map((f) => f.proxy)).size > 1;
    const rows = findings.map((f) => [f.id, f.severity, f.slug, ...(several ? [f.proxy] : []), f.title]);
    for (const line of paddedColumns([['ID', 'SEVERITY', 'RULE', ...(several ? ['PROXY'] : []), 'FINDING'], ...rows], { padding: 2, trimEnd: true }))
      io.out(line);
    io.err(`${countText(findings, hidden)}\n`);
  } else io.out(checkText(findings, { style: styleFor(io.color), width: io.columns ?? 120, hidden }));
}

/** The id of an id or slug. Throws Failure PC1011 for one that `pc check` cannot find. */
function idOf(text: string): string {
  const name = text.trim();
  const entry = FINDINGS.get(name.toUpperCase()) ?? [...FINDINGS.values()].find(({ slug }) => slug === name);
  if (entry === undefined) {
    const next = `one of: ${[...FINDINGS.values()].map(({ id, slug }) => `${id} ${slug}`).join(', ')}`;
    throw new Failure({ id: 'PC1011', what: `pc check finds nothing of the id ${JSON.stringify(name)}`, next });
  }
  return entry.id;
}

function expiringOf(text: string): number {
  const found = /^(\d+)([hdw])$/.exec(text.trim());
  if (found === null) throw new Failure({ id: 'PC1011', what: `--expiring ${text} is not a time`, next: 'write it as 36h, 14d or 4w' });
  return Number(found[1]) * (UNITS[found[2] ?? 'd'] ?? DAY);
}
