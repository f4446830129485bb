import { Failure } from '../../dump/failure.ts';
import type { AdminClient } from './admin-client.ts';

/** The levels that Envoy's loggers have, least quiet first. */
export const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'] as const;
export type Level = (typeof LEVELS)[number];

/** Level by logger, in Envoy's order. */
export type Loggers = ReadonlyMap<string, Level>;

/** What is to be set: one level for all loggers, or levels by logger; or both, the former first. */
export interface LevelChange {
  readonly all?: Level;
  readonly loggers: ReadonlyMap<string, Level>;
}

/** The loggers of a proxy and their levels (Envoy answers them to a POST alone). Throws Failure PC111x. */
export async function readLoggers(client: AdminClient): Promise<Loggers> {
  return loggersIn(client.label, await post(client, '/logging'));
}

/**
 * Sets levels and gives what they are then. Old Envoys (before 1.19) know no `paths`, so loggers are set one by one there.
 * Throws Failure PC1113 where Envoy refuses.
 */
export async function setLevels(client: AdminClient, change: LevelChange): Promise<Loggers> {
  if (change.all !== undefined) await post(client, `/logging?level=${change.all}`);
  if (change.loggers.size > 0) {
    const pairs = [...change.loggers].map(([name, level]) => `${name}:${level}`);
    const { status } = await client.ask('POST', `/logging?paths=${encodeURIComponent(pairs.join(','))}`);
    if (status !== 200) for (const [name, level] of change.loggers) await post(client, `/logging?${encodeURIComponent(name)}=${level}`);
  }
  return readLoggers(client);
}

/**
 * The levels that Envoy was started with, by its command line as /server_info tells it: `--log-level`, and `--component-log-level` for
 * some loggers. Throws Failure PC111x.
 */
export async function startLevels(client: AdminClient): Promise<LevelChange> {
  const { status, text } = await client.ask('GET', '/server_info');
  if (status !== 200) throw refused(client.label, 'GET /server_info', status, text);
  const options = (JSON.parse(text) as { command_line_options?: { log_level?: string; component_log_level?: string } }).command_line_options ?? {};
  const loggers = new Map<string, Level>();
  for (const pair of (options.component_log_level ?? '').split(',')) {
    const [name, level] = pair.split(':');
    const found = levelOf(level ?? '');
    if (name && found !== undefined) loggers.set(name, found);
  }
  return { all: levelOf(options.log_level ?? '') ?? 'info', loggers };
}

/** A level by any of the names that it goes by; undefined for none. */
export function levelOf(text: string): Level | undefined {
  const lower = text.trim().toLowerCase();
  const name = lower === 'warn' ? 'warning' : lower === 'err' ? 'error' : lower === 'none' ? 'off' : lower;
  return LEVELS.find((level) => level === name);
}

async function post(client: AdminClient, path: string): Promise<string> {
  const { status, text } = await client.ask('POST', path);
  if (status !== 200) throw refused(client.label, `POST ${path}`, status, text);
  return text;
}

function refused(label: string, request: string, status: number, text: string): Failure {
  const said = text.trim().split('\n')[0]?.slice(0, 160) ?? '';
  const next = said.includes('fine-grain')
    ? 'this Envoy runs with --enable-fine-grain-logging, whose loggers are files'
    : 'check that it is the admin port of an Envoy';
  return new Failure({ id: 'PC1113', what: `${label}: ${request} answers with status ${status}${said === '' ? '' : `: ${said}`}`, place: label, next });
}

function loggersIn(label: string, text: string): Loggers {
  const loggers = new Map<string, Level>();
  for (const line of text.split('\n')) {
    const found = /^\s+(\S+):\s*(\w+)\s*$/.exec(line);
    const level = levelOf(found?.[2] ?? '');
    if (found !== null && level !== undefined) loggers.set(found[1] as string, level);
  }
  if (loggers.size > 0) return loggers;
  const what = `${label}: the answer to POST /logging lists no loggers`;
  throw new Failure({ id: 'PC1114', what, place: label, next: 'check that it is the admin port of an Envoy' });
}
