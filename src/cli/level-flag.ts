import { Failure } from '../dump/failure.ts';
import { nearestNames } from '../query/nearest-names.ts';
import { LEVELS, type Level, type LevelChange, levelOf } from '../source/live/loggers.ts';

/**
 * Reads `--level`: `debug` for all loggers, or `http:debug,router:debug`, or both (`warning,http:debug`). `=` does for `:`, and what stands
 * before `::` (a proxy, in istioctl's form) counts for nothing. Throws Failure PC1124 for a level that is none.
 */
export function parseLevels(text: string): LevelChange {
  let all: Level | undefined;
  const loggers = new Map<string, Level>();
  for (const part of text.split(',').filter((piece) => piece.trim() !== '')) {
    const own = part.slice(part.indexOf('::') < 0 ? 0 : part.indexOf('::') + 2).trim();
    const [, name, wanted = own] = /^([^:=]+)[:=](.*)$/.exec(own) ?? [];
    const level = levelOf(wanted);
    if (level === undefined) {
      const near = nearestNames(wanted, LEVELS)[0];
      const next = near === undefined ? `one of ${LEVELS.join(', ')}` : `did you mean ${near}? There are ${LEVELS.join(', ')}`;
      throw new Failure({ id: 'PC1124', what: `${JSON.stringify(wanted)} is not a level`, next });
    }
    if (name === undefined) all = level;
    else loggers.set(name.trim(), level);
  }
  if (all === undefined && loggers.size === 0) {
    throw new Failure({ id: 'PC1124', what: '--level names no level', next: 'write --level debug, or --level http:debug,router:debug' });
  }
  return { ...(all === undefined ? {} : { all }), loggers };
}

/** Throws Failure PC1124 for loggers that a proxy does not have, with the names that are near. */
export function checkLoggers(change: LevelChange, names: Iterable<string>, label: string): void {
  const known = [...names];
  const unknown = [...change.loggers.keys()].filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const near = unknown.flatMap((name) => nearestNames(name, known));
  const next = near.length > 0 ? `did you mean ${near.join(', ')}?` : `it has ${known.join(', ')}`;
  throw new Failure({ id: 'PC1124', what: `${label} has no logger ${unknown.join(', ')}`, place: label, next });
}
