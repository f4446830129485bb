import type { Transform } from 'node:stream';
import type { ByteSource } from '../dump/byte-source.ts';
import { Failure } from '../dump/failure.ts';
import { isGzip, isZstd } from '../dump/known-formats.ts';
import { Allowance } from './allowance.ts';
import type { ReadingOptions } from './reading-options.ts';
import { Spool } from './spool.ts';

const CHUNK = 1 << 20;
const PIECE = 1 << 18;
const HEAD = 512;
/** How much larger than itself gzip may become beyond the first 64 MiB: dumps come to forty times, a bomb to a thousand. */
const GZIP = { growth: 250, free: 2 ** 26 };

/**
 * The source itself, or what it unpacks to, where it is gzip or Zstandard. What is unpacked is kept in a spool, not in memory.
 * Throws Failure PC1003, PC1015 or PC1038.
 */
export async function unpacked(source: ByteSource, options: ReadingOptions = {}): Promise<ByteSource> {
  const head = source.read(0, HEAD);
  if (isGzip(head)) return gunzipped(source, options);
  // A decompressor in JavaScript, which few inputs need.
  return isZstd(head) ? (await import('./unpack-zstd.ts')).unzstd(source, options) : source;
}

async function gunzipped(source: ByteSource, options: ReadingOptions): Promise<ByteSource> {
  const spool = new Spool(source.label, options);
  const allowance = new Allowance(source, GZIP, options.maxUnpacked);
  try {
    // Most inputs are plain, and need none of Node's own decompressors.
    const { createGunzip } = await import('node:zlib');
    await unpackInto(createGunzip({ chunkSize: PIECE }), source, (piece) => {
      allowance.take(piece.length);
      spool.add(piece);
    });
    return spool.source();
  } catch (error) {
    spool.discard();
    throw error instanceof Failure ? error : gzipFailure(source, error as NodeJS.ErrnoException);
  }
}

/** Sends a source through a decompressor; `take` gets each piece that comes out and may throw. Throws the decompressor's error. */
export async function unpackInto(decompressor: Transform, source: ByteSource, take: (piece: Uint8Array) => void): Promise<void> {
  const fed = feed(source, decompressor);
  for await (const piece of decompressor) take(piece as Uint8Array);
  await fed;
}

async function feed(source: ByteSource, decompressor: Transform): Promise<void> {
  for (let at = 0; at < source.size && !decompressor.destroyed; at += CHUNK) {
    if (!decompressor.write(source.read(at, at + CHUNK))) {
      await new Promise<void>((resolve) => {
        decompressor.once('drain', resolve);
        decompressor.once('close', resolve);
      });
    }
  }
  if (!decompressor.destroyed) decompressor.end();
}

function gzipFailure(source: ByteSource, error: NodeJS.ErrnoException): Failure {
  const cut = error.code === 'Z_BUF_ERROR';
  return new Failure({
    id: cut ? 'PC1003' : 'PC1015',
    what: cut ? 'the gzip data ends too early' : `the gzip data is damaged (${error.message})`,
    place: source.label,
    next: 'fetch or pack the file again',
    cause: error,
  });
}
