import { existsSync } from 'node:fs';
import { splitLines } from '../accesslog/read-lines.ts';
import { pieces } from '../source/line-stream.ts';
import type { LiveSelection } from './command-input.ts';
import type { Io } from './io.ts';

/** One log: what it is called, and its lines as they come. */
export interface LogSource {
  readonly label: string;
  readonly lines: AsyncIterable<readonly string[]>;
}

export interface LogChoice {
  /** Begins so many lines before the end; undefined for the default: all, or none of a log that goes on. */
  readonly tail: number | undefined;
  /** Ends a log that goes on with what is written from now on; undefined: it ends where it ends now. */
  readonly signal: AbortSignal | undefined;
}

const KIND = /^(?:pods?|po|svc|services?|deploy|deployments?|sts|statefulsets?|ds|daemonsets?|rs|replicasets?|jobs?|gateways?|gtw)[./]/i;
const FILE_NAME = /^[.~]|[\\/]|\.(?:log|txt|out|gz|jsonl?|ndjson)(?:\.\d+)?$/i;

/** Whether a name on the command line is a file's: there is one, or it is written as one. Any other is a proxy in Kubernetes. */
export function isLogFile(name: string): boolean {
  if (name === '-' || existsSync(name)) return true;
  return !KIND.test(name) && FILE_NAME.test(name);
}

/** The logs that a command line names: files, standard input (-, or where nothing is named), pods. Throws Failure PC1013 or PC11xx. */
export async function logSources(names: readonly string[], selection: LiveSelection, choice: LogChoice, io: Io): Promise<readonly LogSource[]> {
  const files = names.filter(isLogFile);
  const targets = names.filter((name) => !isLogFile(name));
  if (files.length === 0 && targets.length === 0 && selection.selector === undefined) files.push('-');
  const { tailFile } = await import('../source/tail-file.ts');
  const sources = files.map((file): LogSource => {
    const isTailed = file !== '-' && (choice.signal !== undefined || choice.tail !== undefined);
    return { label: file === '-' ? 'standard input' : file, lines: splitLines(isTailed ? tailFile(file, choice.tail ?? 0, choice.signal) : pieces(file)) };
  });
  if (targets.length === 0 && selection.selector === undefined) return sources;
  const { podLogs } = await import('./pod-logs.ts');
  return [...sources, ...(await podLogs({ ...selection, target: targets }, choice, io))];
}
