import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Level, Loggers } from '../source/live/loggers.ts';
import type { Io } from './io.ts';

/** The levels that proxies had before pc changed them: label → logger → level. */
type History = Record<string, Record<string, Level>>;

function historyFile(env: Io['env']): string {
  const state = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state');
  return join(state, 'pc', 'log-levels.json');
}

function readHistory(env: Io['env']): History {
  try {
    return JSON.parse(readFileSync(historyFile(env), 'utf8')) as History;
  } catch {
    return {};
  }
}

/** Writes the file anew. A folder that cannot be written is no failure: then --reset goes back to Envoy's own start. */
function writeHistory(env: Io['env'], history: History): void {
  const file = historyFile(env);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(history), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // see above
  }
}

/** Remembers what a proxy's levels were, unless an earlier change is remembered that was not reset. */
export function rememberLevels(key: string, loggers: Loggers, env: Io['env']): void {
  const history = readHistory(env);
  if (history[key] === undefined) writeHistory(env, { ...history, [key]: Object.fromEntries(loggers) });
}

/** The levels from before pc's changes; undefined where none are remembered. */
export function rememberedLevels(key: string, env: Io['env']): Loggers | undefined {
  const levels = readHistory(env)[key];
  return levels === undefined ? undefined : new Map(Object.entries(levels));
}

export function forgetLevels(key: string, env: Io['env']): void {
  const { [key]: _gone, ...rest } = readHistory(env);
  writeHistory(env, rest);
}
