import { createReadStream, type Stats, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type ByteSource, piecesSource } from '../dump/byte-source.ts';
import { Failure } from '../dump/failure.ts';
import { briefFileSource, fileSource } from './file-source.ts';
import { unreadable } from './source-error.ts';

/** A stream cannot be read twice, so it is held in memory up to this size. */
const MAX_STREAM = 2 ** 31;

/** What `-f -` is called. */
export const STDIN_LABEL = 'stdin';

/** What stands at a path. Throws Failure PC1013. */
export function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * A file's bytes: read where they are asked for, or, for a pipe, all at once.
 * In: also whether it is one of many, which are not all kept open. Throws Failure PC1013.
 */
export async function openFile(path: string, label: string, isOneOfMany = false): Promise<ByteSource> {
  const stat = statOf(path);
  try {
    if (stat.isFile()) return isOneOfMany ? briefFileSource(path, label) : fileSource(path, label);
    return await streamSource(createReadStream(path), label);
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(label, error);
  }
}

/** Everything that a stream gives, in memory. Throws Failure PC1037 beyond 2 GiB. */
export async function streamSource(stream: Readable, label: string): Promise<ByteSource> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    const bytes = piece as Uint8Array;
    size += bytes.length;
    if (size > MAX_STREAM) {
      throw new Failure({
        id: 'PC1037',
        what: `${label} gives more than ${MAX_STREAM / 2 ** 20} MiB, which pc does not hold in memory`,
        place: label,
        next: 'save it to a file and give that: a file is read piece by piece',
      });
    }
    pieces.push(bytes);
  }
  return piecesSource(label, pieces);
}
