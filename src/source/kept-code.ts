import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { attempt, keepFile, pruneKept } from './kept-file.ts';

/** What the engine made of one file of the program. */
export interface FileCode {
  /** Checksum of the source that it was made of. */
  readonly source: number;
  readonly code: Buffer;
}

/** What the engine made of the program for one command. */
export interface KeptCode {
  /** Bytes of bytecode that the process held in all, by which it is seen that another run compiled more. */
  readonly bytecode: number;
  /** By the path of each. */
  readonly files: ReadonlyMap<string, FileCode>;
}

/** The first line of a file with code. The code stands behind it, each beginning where any number may. */
interface Head {
  readonly bytecode: number;
  readonly files: readonly (readonly [path: string, source: number, length: number, code: number])[];
}

/** Ends the name of a file with code. */
export const CODE_SUFFIX = '.code';
/** Of all files with code, in bytes: those of some fifty commands. */
const TOTAL = 1 << 26;
const GROUP_AND_OTHERS = 0o077;
const THEIR_WRITES = 0o022;

/**
 * The code that {@link keepCode} put there; undefined where there is none, where it is damaged, or where anyone but the user could have put
 * it there: what is read here is run. The engine looks at its first bytes alone, so that all of it is checked here.
 */
export function loadCode(place: string): KeptCode | undefined {
  return attempt(() => {
    if (!isOwn(statSync(dirname(place)), THEIR_WRITES)) return undefined;
    const handle = openSync(place, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const stat = fstatSync(handle);
      return stat.isFile() && isOwn(stat, GROUP_AND_OTHERS) ? codeOf(readFileSync(handle)) : undefined;
    } finally {
      closeSync(handle);
    }
  });
}

/**
 * Keeps code for the next run of a command, readable by the user alone. All such files take 64 MiB; what was written longest ago goes first.
 * The code is made only where it can be kept.
 */
export function keepCode(place: string, make: () => KeptCode): void {
  attempt(() => {
    keepFile(place, () => {
      if (!isOwn(statSync(dirname(place)), THEIR_WRITES)) throw new Error('others may write there');
      const { bytecode, files } = make();
      const entries = [...files];
      const head: Head = { bytecode, files: entries.map(([path, { source, code }]) => [path, source, code.length, crc32(code)]) };
      return [Buffer.from(`${JSON.stringify(head)}\n`), ...entries.map(([, { code }]) => code)].flatMap((piece) => [piece, padding(piece.length)]);
    });
    pruneKept(dirname(place), CODE_SUFFIX, TOTAL);
  });
}

function codeOf(bytes: Buffer): KeptCode | undefined {
  const end = bytes.indexOf('\n') + 1;
  const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
  const files = new Map<string, FileCode>();
  let at = end + padding(end).length;
  for (const [path, source, length, sum] of head.files) {
    const code = bytes.subarray(at, at + length);
    if (crc32(code) !== sum) return undefined;
    files.set(path, { source, code });
    at += length + padding(length).length;
  }
  return { bytecode: head.bytecode, files };
}

function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 7);
}

/** Whether something is this user's, and others may do nothing of that with it; always, where the system tells no users. */
function isOwn({ uid, mode }: Stats, forbidden: number): boolean {
  const user = process.getuid?.();
  return user === undefined || (uid === user && (mode & forbidden) === 0);
}
