import { compileFormat } from '../../accesslog/format-string.ts';
import { jsonReader } from '../../accesslog/json-lines.ts';
import type { LineReader, LogEntry } from '../../accesslog/log-entry.ts';
import { LogSummary } from '../../accesslog/log-summary.ts';
import { proxyFormats } from '../../accesslog/proxy-formats.ts';
import { lineReader } from '../../accesslog/read-lines.ts';
import { Failure } from '../../dump/failure.ts';
import { styleFor } from '../../render/style.ts';
import { summaryDocument } from '../../render/summary-document.ts';
import { summaryText } from '../../render/why-text.ts';
import { defineCommand } from '../command.ts';
import { inputProxy, type LiveSelection } from '../command-input.ts';
import { COMMON_FLAGS } from '../common-flags.ts';
import { isDebugLog, type StoryOptions, tellStories } from '../debug-log.ts';
import { EXIT, type ExitStatus } from '../exit-code.ts';
import { followLogs } from '../follow-logs.ts';
import type { Io } from '../io.ts';
import { LIVE_FLAGS } from '../live-flags.ts';
import { logSources } from '../log-sources.ts';
import { READING_FLAGS } from '../reading-flags.ts';
import { stopSignal } from '../until-stopped.ts';
import { fitsFilters, isFiltered } from '../why-filters.ts';
import { explainById, explainLine, type LineContext, showEntry } from '../why-line.ts';

const LOG = 'Log:';
const PROGRESS_EVERY = 500_000;
const { url: _url, via: _via, 'admin-port': _port, ...POD_FLAGS } = LIVE_FLAGS;

export const command = defineCommand({
  flags: {
    file: { ...COMMON_FLAGS.file, describe: 'saved dump of the proxy that wrote the log: to set what it says against the line' },
    proxy: COMMON_FLAGS.proxy,
    ...READING_FLAGS,
    ...POD_FLAGS,
    output: { ...COMMON_FLAGS.output, choices: ['text', 'json'], default: 'text' },
    format: { type: 'string', describe: "format of the log, as in the proxy's configuration: text with %OPERATORS%, or a JSON object of them", group: LOG },
    line: { type: 'string', describe: 'explain this line', group: LOG },
    follow: {
      type: 'boolean',
      describe: 'go on with what is written from now on, and tell each failure as it comes; Ctrl-C ends it with a summary',
      group: LOG,
    },
    tail: { type: 'number', describe: 'begin so many lines before the end of the log', group: LOG },
    id: { type: 'string', describe: 'explain the request of this id', group: LOG },
    status: { type: 'string', describe: 'requests with this status (504; 0 for no answer)', group: LOG },
    path: { type: 'string', describe: 'requests whose path begins so', group: LOG },
    host: { type: 'string', describe: 'requests for this host', group: LOG },
    limit: { type: 'number', default: 10, describe: 'show so many causes and hosts', group: LOG },
  },
  positionals: [
    {
      name: 'log',
      list: true,
      describe: 'files of an access log, or of a log of Envoy at debug level; - or none for standard input; else a pod or workload, whose log is read',
    },
  ],
  examples: [
    ['kubectl logs deploy/web -c istio-proxy | pc why', 'what fails, why and where; which upstream host is slow'],
    ['pc why deploy/web --follow', "each failure as it comes, out of the pod's log"],
    [`pc why --line '[2026-08-22T10:00:00.000Z] "GET /items HTTP/1.1" 503 UH …'`, 'one line in words'],
    ['pc why envoy-debug.log --status 504', 'the story of each such request, out of a log at debug level'],
    ['pc why access.log --id 9eb4010d-1a8d-44a8-be64-5791147a0b90 -f config_dump.json', 'one request, set against the dump'],
    ["pc why access.log --format '[%START_TIME%] %RESPONSE_CODE% %RESPONSE_FLAGS% %DURATION%'", "a format of one's own"],
  ],
  async run(args, io): Promise<ExitStatus> {
    const selection: LiveSelection = { ...args, url: [], via: undefined, 'admin-port': undefined };
    const dump = { ...args, ...selection, selector: undefined, file: args.file };
    const proxy = args.file.length === 0 ? undefined : await inputProxy(dump, { kinds: 'everything' }, io);
    const read = lineReader([...(args.format === undefined ? [] : [formatOf(args.format)]), ...(proxy === undefined ? [] : proxyFormats(proxy))]);
    const context: LineContext = { read, proxy, output: args.output };
    if (args.line !== undefined) return explainLine(args.line, context, io);
    const { id, status, path, host, limit, output, follow, tail } = args;
    const options: StoryOptions = { id, status, path, host, limit, output };
    const names = (Array.isArray(args['log']) ? args['log'] : []).map(String);
    const stop = follow === true ? stopSignal() : undefined;
    try {
      const sources = await logSources(names, selection, { tail, signal: stop?.signal }, io);
      if (stop !== undefined) return await followLogs(sources, context, options, io);
      const lines = inTurn(sources.map((source) => source.lines));
      const first = (await lines.next()).value ?? [];
      const all = chain(first, lines);
      if (isDebugLog(first)) return await tellStories(all, options, io);
      return id === undefined ? await summarise(all, context, options, io) : await explainById(id, all, context, io);
    } finally {
      stop?.release();
    }
  },
});

/** Many lines as a sum; the only one of a log in words. */
async function summarise(lines: AsyncIterable<readonly string[]>, context: LineContext, options: StoryOptions, io: Io): Promise<ExitStatus> {
  const summary = new LogSummary();
  const filtered = isFiltered(options);
  let left = 0;
  let only: LogEntry | undefined;
  for await (const some of lines) {
    for (const line of some) {
      if (line === '') continue;
      const entry = context.read(line);
      if (filtered && entry !== undefined && !fitsFilters(entry, options)) {
        left++;
        continue;
      }
      summary.add(entry, line);
      if (summary.lines === 1) only = entry;
      if (summary.lines % PROGRESS_EVERY === 0 && io.columns !== undefined) io.err(`${summary.lines} lines …\r`);
    }
  }
  if (summary.unknown > 0) tellUnknown(summary, io);
  if (left > 0) io.err(`note: ${left} lines are left out by --status, --path or --host\n`);
  if (summary.lines === 1 && only !== undefined) return showEntry(only, context, io);
  if (options.output === 'json') io.out(`${JSON.stringify(summaryDocument(summary), null, 2)}\n`);
  else io.out(summaryText(summary, { style: styleFor(io.color), limit: options.limit }));
  return summary.failed > 0 ? EXIT.finding : EXIT.fine;
}

function tellUnknown(summary: LogSummary, io: Io): void {
  io.err(`note[PC1051]: ${summary.unknown} of ${summary.lines} lines are in no format that pc knows (give it with --format); the first:\n`);
  for (const line of summary.unknownSamples) io.err(`  ${line}\n`);
}

function formatOf(text: string): LineReader {
  if (!text.trimStart().startsWith('{')) return compileFormat(text);
  try {
    return jsonReader(JSON.parse(text) as Record<string, unknown>);
  } catch (cause) {
    throw new Failure({ id: 'PC1050', what: '--format begins as JSON and is none', next: `write it as {"status": "%RESPONSE_CODE%", …}`, cause });
  }
}

/** The lines of one log after the other. */
async function* inTurn(logs: readonly AsyncIterable<readonly string[]>[]): AsyncGenerator<readonly string[]> {
  for (const lines of logs) yield* lines;
}

/** The lines that were read to tell what the log is, and those behind them. */
async function* chain(first: readonly string[], rest: AsyncIterable<readonly string[]>): AsyncGenerator<readonly string[]> {
  yield first;
  yield* rest;
}
