import { closeSync, fchmodSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a process that ended too early left unfinished goes after so long. */
const LEFT_MS = 60_000;

/** What is kept must not stand in anyone's way: a folder that is read-only, full or damaged is as good as none. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/**
 * Writes a file of the user's cache folder beside its place and renames it, so that nobody reads half of it. The folder is made where it is
 * not there (0700), the file is the user's alone (0600). What goes into it is made only where it can be written. Throws what the file
 * system says.
 */
export function keepFile(place: string, make: () => readonly Uint8Array[]): void {
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  const unfinished = `${place}.${process.pid}`;
  const handle = openSync(unfinished, 'w', 0o600);
  try {
    fchmodSync(handle, 0o600);
    for (const piece of make()) for (let at = 0; at < piece.length; ) at += writeSync(handle, piece, at);
  } finally {
    closeSync(handle);
  }
  renameSync(unfinished, place);
}

/** Drops the files of a suffix that were not used for longest, until the rest fits into `total` bytes; and what was left unfinished. */
export function pruneKept(folder: string, suffix: string, total: number): void {
  const files = readdirSync(folder)
    .filter((name) => name.includes(suffix))
    .flatMap((name) => attempt(() => ({ path: join(folder, name), stat: statSync(join(folder, name)) })) ?? [])
    .sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs);
  let sum = 0;
  for (const { path, stat } of files) {
    sum += stat.size;
    const isLeft = !path.endsWith(suffix) && Date.now() - stat.mtimeMs > LEFT_MS;
    if (sum > total || isLeft) attempt(() => rmSync(path));
  }
}
