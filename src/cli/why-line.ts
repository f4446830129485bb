import type { LineReader, LogEntry } from '../accesslog/log-entry.ts';
import { isFailure } from '../accesslog/log-summary.ts';
import { questionOfEntry } from '../accesslog/question-of-entry.ts';
import { compareWithLine, explainEntry } from '../diagnostics/explain-entry.ts';
import { Failure } from '../dump/failure.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { styleFor } from '../render/style.ts';
import { traceText } from '../render/trace-text.ts';
import { entryText } from '../render/why-text.ts';
import { explainAnswer } from '../trace/explain-answer.ts';
import { traceRequest } from '../trace/trace-request.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';

/** What lines are read by and set against. */
export interface LineContext {
  readonly read: LineReader;
  /** The dump of the proxy that wrote them. */
  readonly proxy: ProxyConfig | undefined;
  readonly output: string;
}

/** Explains one line. Throws Failure PC1051 for one that is in no format. */
export function explainLine(line: string, context: LineContext, io: Io): ExitStatus {
  const entry = context.read(line);
  if (entry !== undefined) return showEntry(entry, context, io);
  throw new Failure({
    id: 'PC1051',
    what: 'the line is in no format that pc knows',
    place: line.slice(0, 120),
    next: "give the format of the proxy's configuration with --format",
  });
}

/** Explains each line of a request id. Throws Failure PC1051 where there is none. */
export async function explainById(id: string, lines: AsyncIterable<readonly string[]>, context: LineContext, io: Io): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.fine;
  let found = 0;
  for await (const some of lines) {
    for (const line of some) {
      const entry = line.includes(id) ? context.read(line) : undefined;
      if (entry === undefined) continue;
      if (found++ > 0) io.out('\n');
      const own = showEntry(entry, context, io);
      if (own !== EXIT.fine) status = own;
    }
  }
  if (found === 0)
    throw new Failure({ id: 'PC1051', what: `no line has the request id ${id}`, next: 'check that this log is of the proxy and time of the request' });
  return status;
}

/** Prints an entry in words, with a dump also what that says of the same request. */
export function showEntry(entry: LogEntry, { proxy, output }: LineContext, io: Io): ExitStatus {
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
