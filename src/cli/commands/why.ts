import { compileFormat } from '../../accesslog/format-string.ts';
import { jsonReader } from '../../accesslog/json-lines.ts';
import type { LineReader, LogEntry } from '../../accesslog/log-entry.ts';
import { isFailure, LogSummary } from '../../accesslog/log-summary.ts';
import { proxyFormats } from '../../accesslog/proxy-formats.ts';
import { questionOfEntry } from '../../accesslog/question-of-entry.ts';
import { lineReader } from '../../accesslog/read-lines.ts';
import { compareWithLine, explainEntry } from '../../diagnostics/explain-entry.ts';
import { Failure } from '../../dump/failure.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import type { Resource } from '../../model/resource.ts';
import { styleFor } from '../../render/style.ts';
import { traceText } from '../../render/trace-text.ts';
import { entryText, summaryText } from '../../render/why-text.ts';
import { explainAnswer } from '../../trace/explain-answer.ts';
import { traceRequest } from '../../trace/trace-request.ts';
import { defineCommand } from '../command.ts';
import { inputProxy } from '../command-input.ts';
import { COMMON_FLAGS } from '../common-flags.ts';
import { isDebugLog, linesOf, tellStories } from '../debug-log.ts';
import { EXIT, type ExitStatus } from '../exit-code.ts';
import type { Io } from '../io.ts';

const LOG = 'Log:';
const PROGRESS_EVERY = 500_000;

export const command = defineCommand({
  flags: {
    file: { ...COMMON_FLAGS.file, describe: 'saved dump of the proxy that wrote the log: to set what it says against the line' },
    proxy: COMMON_FLAGS.proxy,
    output: { ...COMMON_FLAGS.output, choices: ['text', 'json'], default: 'text' },
    format: { type: 'string', describe: "format of the log, as in the proxy's configuration: text with %OPERATORS%, or a JSON object of them", group: LOG },
    line: { type: 'string', describe: 'explain this line', group: LOG },
    id: { type: 'string', describe: 'explain the line of this request id', group: LOG },
    status: { type: 'string', describe: 'debug log: requests with this status (504; 0 for no answer)', group: LOG },
    path: { type: 'string', describe: 'debug log: requests whose path begins so', group: LOG },
    host: { type: 'string', describe: 'debug log: requests for this host', group: LOG },
    limit: { type: 'number', default: 10, describe: 'show so many causes and hosts', group: LOG },
  },
  positionals: [{ name: 'log', list: true, describe: 'files of an access log, or of a log of Envoy at debug level; - or none for standard input' }],
  examples: [
    ['kubectl logs deploy/web -c istio-proxy | pc why', 'what fails, why and where; which upstream host is slow'],
    [`pc why --line '[2026-08-22T10:00:00.000Z] "GET /items HTTP/1.1" 503 UH …'`, 'one line in words'],
    ['pc why envoy-debug.log --status 504', 'the story of each such request, out of a log at debug level'],
    ['pc why access.log --id 9eb4010d-1a8d-44a8-be64-5791147a0b90 -f config_dump.json', 'one request, set against the dump'],
    ["pc why access.log --format '[%START_TIME%] %RESPONSE_CODE% %RESPONSE_FLAGS% %DURATION%'", "a format of one's own"],
  ],
  async run(args, io): Promise<ExitStatus> {
    const proxy = args.file.length === 0 ? undefined : await inputProxy({ ...NOT_LIVE, file: args.file, proxy: args.proxy }, { kinds: 'everything' }, io);
    const read = lineReader([...(args.format === undefined ? [] : [formatOf(args.format)]), ...(proxy === undefined ? [] : proxyFormats(proxy))]);
    if (args.line !== undefined) return explainLine(args.line, read, proxy, args.output, io);
    const files = (Array.isArray(args['log']) ? args['log'] : []).map(String);
    const lines = linesOf(files);
    const first = (await lines.next()).value ?? [];
    if (isDebugLog(first))
      return tellStories(first, lines, { id: args.id, status: args.status, path: args.path, host: args.host, limit: args.limit, output: args.output }, io);
    if (args.id !== undefined) return explainById(args.id, chain(first, lines), read, proxy, args.output, io);
    const summary = new LogSummary();
    let only: { line: string; entry: LogEntry } | undefined;
    for await (const some of chain(first, lines)) {
      for (const line of some) {
        if (line === '') continue;
        const entry = read(line);
        summary.add(entry, line);
        if (summary.lines === 1 && entry !== undefined) only = { line, entry };
        if (summary.lines % PROGRESS_EVERY === 0 && io.columns !== undefined) io.err(`${summary.lines} lines …\r`);
      }
    }
    if (summary.unknown > 0) tellUnknown(summary, io);
    if (summary.lines === 1 && only !== undefined) return show(only.entry, proxy, args.output, io);
    if (args.output === 'json') io.out(`${JSON.stringify(summaryDocument(summary), null, 2)}\n`);
    else io.out(summaryText(summary, { style: styleFor(io.color), limit: args.limit }));
    return summary.failed > 0 ? EXIT.finding : EXIT.fine;
  },
});

const NOT_LIVE = {
  url: [],
  namespace: undefined,
  selector: undefined,
  'all-pods': false,
  'admin-port': undefined,
  context: undefined,
  kubeconfig: undefined,
  as: undefined,
  'as-group': [],
  via: undefined,
  timeout: undefined,
} as const;

function formatOf(text: string): LineReader {
  if (!text.trimStart().startsWith('{')) return compileFormat(text);
  try {
    return jsonReader(JSON.parse(text) as Record<string, unknown>);
  } catch (cause) {
    throw new Failure({ id: 'PC1050', what: '--format begins as JSON and is none', next: `write it as {"status": "%RESPONSE_CODE%", …}`, cause });
  }
}

function explainLine(line: string, read: LineReader, proxy: ProxyConfig | undefined, output: string, io: Io): ExitStatus {
  const entry = read(line);
  if (entry !== undefined) return show(entry, proxy, output, io);
  throw new Failure({
    id: 'PC1051',
    what: 'the line is in no format that pc knows',
    place: line.slice(0, 120),
    next: "give the format of the proxy's configuration with --format",
  });
}

async function explainById(
  id: string,
  lines: AsyncIterable<readonly string[]>,
  read: LineReader,
  proxy: ProxyConfig | undefined,
  output: string,
  io: Io,
): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.fine;
  let found = 0;
  for await (const some of lines) {
    for (const line of some) {
      const entry = line.includes(id) ? read(line) : undefined;
      if (entry === undefined) continue;
      if (found++ > 0) io.out('\n');
      const own = show(entry, proxy, output, io);
      if (own !== EXIT.fine) status = own;
    }
  }
  if (found === 0)
    throw new Failure({ id: 'PC1051', what: `no line has the request id ${id}`, next: 'check that this log is of the proxy and time of the request' });
  return status;
}

/** The lines that were read to tell what the log is, and those behind them. */
async function* chain(first: readonly string[], rest: AsyncIterable<readonly string[]>): AsyncGenerator<readonly string[]> {
  yield first;
  yield* rest;
}

function show(entry: LogEntry, proxy: ProxyConfig | undefined, output: string, io: Io): ExitStatus {
  const explained = explainEntry(entry);
  const style = styleFor(io.color);
  const width = io.columns ?? 120;
  if (proxy === undefined) {
    io.out(output === 'json' ? `${JSON.stringify({ version: 1, entry, ...explained }, null, 2)}\n` : entryText(explained, undefined, { style, width }));
    return isFailure(entry) ? EXIT.finding : EXIT.fine;
  }
  const request = questionOfEntry(entry, proxy);
  const answer = traceRequest(proxy, request);
  const verdict = compareWithLine(entry, answer.outcomes, newestOnTheWay(proxy, answer));
  const diagnostics = explainAnswer(answer, request, proxy);
  if (output === 'json') io.out(`${JSON.stringify({ version: 1, entry, ...explained, dump: verdict, trace: answer, diagnostics }, null, 2)}\n`);
  else {
    io.out(entryText(explained, verdict, { style, width }));
    io.out(`\n${traceText(answer, request, diagnostics, { style, explain: false, width })}`);
  }
  return isFailure(entry) ? EXIT.finding : EXIT.fine;
}

/** The newest change of what the request met: its listener, route config and clusters. */
function newestOnTheWay(proxy: ProxyConfig, answer: ReturnType<typeof traceRequest>): { readonly what: string; readonly time: string } | undefined {
  const met = new Set([answer.listener, ...answer.outcomes.flatMap((o) => [o.route_config, o.cluster])]);
  let newest: { what: string; time: string } | undefined;
  for (const resource of [...proxy.listeners, ...proxy.routeConfigs, ...proxy.clusters] as readonly Resource[]) {
    if (!met.has(resource.name) || resource.name === '' || resource.lastUpdated === undefined) continue;
    if (newest === undefined || resource.lastUpdated > newest.time)
      newest = { what: `${resource.kind.replace('_', ' ')} "${resource.name}"`, time: resource.lastUpdated };
  }
  return newest;
}

function tellUnknown(summary: LogSummary, io: Io): void {
  io.err(`note[PC1051]: ${summary.unknown} of ${summary.lines} lines are in no format that pc knows (give it with --format); the first:\n`);
  for (const line of summary.unknownSamples) io.err(`  ${line}\n`);
}

function summaryDocument(summary: LogSummary): unknown {
  const { lines, unknown, failed, overflow } = summary;
  const percentiles = (sketch: { percentile(share: number): number | undefined }) => ({
    p50: sketch.percentile(0.5),
    p90: sketch.percentile(0.9),
    p99: sketch.percentile(0.99),
  });
  return {
    version: 1,
    lines,
    unknown,
    failed,
    overflow,
    duration_ms: { ...percentiles(summary.latency), histogram: summary.latency.histogram() },
    causes: [...summary.causes.values()].sort((a, b) => b.count - a.count).map((cause) => ({ ...cause, hosts: Object.fromEntries(cause.hosts) })),
    hosts: [...summary.hosts.values()].map(({ latency, ...host }) => ({ ...host, latency_ms: percentiles(latency) })),
    odd_hosts: summary.oddHosts().map(({ host, reason }) => ({ host: host.host, cluster: host.cluster, reason })),
  };
}
