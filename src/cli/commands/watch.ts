import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../dump/failure.ts';
import type { TraceRequest } from '../../match/request.ts';
import { traceRequest } from '../../trace/trace-request.ts';
import { defineCommand } from '../command.ts';
import { type InputArgs, inputProxy, isLive } from '../command-input.ts';
import { durationOf } from '../duration-flag.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { TARGET } from '../live-flags.ts';
import { usageFailure } from '../run-cli.ts';
import { verdictText } from '../verdict-text.ts';
import { requestOf, TRACE_FLAGS } from './trace.ts';

const {
  output: _output,
  requests: _requests,
  objects: _objects,
  explain: _explain,
  random: _random,
  from: _from,
  follow: _follow,
  'no-follow': _noFollow,
  next: _next,
  owner: _owner,
  ...QUESTION
} = TRACE_FLAGS;

/** Failures of a proxy that may come back; any other ends the watch, since it will not go away by itself. */
const PASSING: ReadonlySet<string> = new Set(['PC1102', 'PC1106', 'PC1107', 'PC1108', 'PC1112', 'PC1113', 'PC1115', 'PC1116', 'PC1118']);

export const command = defineCommand({
  flags: {
    ...QUESTION,
    trace: { type: 'string', describe: 'the request: http://host[:port]/path?query', group: 'Request:' },
    interval: { type: 'string', default: '3s', describe: 'time between two traces', group: 'Watch:' },
    until: { type: 'string', choices: ['forwarded', 'answered', 'broken'], describe: 'end with status 0 when the verdict is this', group: 'Watch:' },
  },
  positionals: [TARGET],
  examples: [
    ['pc watch deploy/web --trace http://catalog/items', 'tell when the verdict changes: broken NC → forwarded'],
    ['pc watch deploy/web --trace http://catalog/items --until forwarded', 'wait for the fix to arrive'],
  ],
  async run(args, io) {
    if (!isLive(args)) throw usageFailure('no proxy is named: give a pod or workload, or --url', 'watch');
    const interval = durationOf('--interval', args.interval);
    if (args.trace === undefined && args.curl === undefined) throw usageFailure('--trace is missing: the request to trace', 'watch');
    const request = requestOf({
      ...args,
      request: args.trace,
      requests: undefined,
      objects: [],
      explain: false,
      random: undefined,
      from: undefined,
      follow: false,
      'no-follow': true,
      next: [],
      owner: [],
      output: 'text',
    });
    const quiet = onlyNewNotes(io);
    let last: string | undefined;
    for (let first = true; ; first = false) {
      const { text, verdict } = await look(args, request, quiet, first);
      if (text !== last) {
        const time = new Date().toTimeString().slice(0, 8);
        io.out(last === undefined ? `${time} ${text}\n` : `${time} ${last} → ${text}\n`);
        last = text;
      }
      if (verdict === args.until && verdict !== undefined) return EXIT.fine;
      await pause(interval);
    }
  },
});

async function look(args: InputArgs, request: TraceRequest, io: Io, first: boolean): Promise<{ readonly text: string; readonly verdict?: string }> {
  try {
    const answer = traceRequest(await inputProxy(args, { kinds: 'everything', companions: ['clusters'] }, io), request, {});
    return { text: verdictText(answer), verdict: answer.verdict };
  } catch (error) {
    if (first || !(error instanceof Failure) || !PASSING.has(error.id)) throw error;
    return { text: `not known: ${error.message}` };
  }
}

/** The same note, each time a trace is made, is told once. */
function onlyNewNotes(io: Io): Io {
  const told = new Set<string>();
  return {
    ...io,
    err: (text) => {
      if (!told.has(text)) io.err(text);
      told.add(text);
    },
  };
}
