import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { statOf } from './open-file.ts';
import { unreadable } from './source-error.ts';

const PIECE = 1 << 20;

/** The bytes of a file or of standard input (`-`), piece by piece; a file that ends in .gz is unpacked. Throws Failure PC1013. */
export async function* pieces(file: string): AsyncGenerator<Uint8Array> {
  if (file === '-') {
    yield* process.stdin as AsyncIterable<Uint8Array>;
    return;
  }
  statOf(file);
  const stream = createReadStream(file, { highWaterMark: PIECE });
  try {
    yield* (file.endsWith('.gz') ? stream.pipe(createGunzip()) : stream) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw unreadable(file, error);
  }
}
