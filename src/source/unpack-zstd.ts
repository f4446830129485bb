import * as zlib from 'node:zlib';
import type { ByteSource } from '../dump/byte-source.ts';
import { Failure } from '../dump/failure.ts';
import { type ZstdFrame, zstdFrames } from '../dump/zstd-frames.ts';
import { Allowance } from './allowance.ts';
import type { ReadingOptions } from './reading-options.ts';
import { Spool } from './spool.ts';
import { unpackInto } from './unpack.ts';

/** How much larger than itself Zstandard may become beyond the first 512 MiB. */
const ZSTD = { growth: 500, free: 2 ** 29 };
/** The largest window that zstd itself takes unasked. */
const MAX_WINDOW = 2 ** 27;
/** A frame up to this size is unpacked at once, which is faster. */
const AT_ONCE = 2 ** 23;
const CHUNK = 1 << 18;

/** What Zstandard data unpacks to, kept in a spool. Throws Failure PC1015, PC1038. */
export async function unzstd(source: ByteSource, options: ReadingOptions): Promise<ByteSource> {
  const frames = zstdFrames(source);
  if (frames === undefined) throw damaged(source);
  const allowance = new Allowance(source, ZSTD, options.maxUnpacked);
  for (const frame of frames) {
    const known = frame.contentSize;
    if (known !== undefined && known > frame.maxContentSize) throw damaged(source);
    allowance.take(known ?? frame.maxContentSize);
    if (frame.windowSize > MAX_WINDOW) throw tooWide(source, frame);
  }
  const spool = new Spool(source.label, options);
  const take = (piece: Uint8Array): void => spool.add(piece);
  try {
    if ('createZstdDecompress' in zlib) await unpackInto(nativeDecompressor(), source, take);
    else for (const frame of frames) await unpackFrame(source, frame, take);
    return spool.source();
  } catch (error) {
    spool.discard();
    throw error instanceof Failure ? error : damaged(source, error);
  }
}

/** Node has one from 22.15 on. */
function nativeDecompressor(): ReturnType<typeof zlib.createGunzip> {
  return (zlib as unknown as { createZstdDecompress(options: { chunkSize: number }): ReturnType<typeof zlib.createGunzip> }).createZstdDecompress({
    chunkSize: CHUNK,
  });
}

async function unpackFrame(source: ByteSource, { start, end, contentSize }: ZstdFrame, take: (piece: Uint8Array) => void): Promise<void> {
  const { Decompress, decompress } = await import('fzstd');
  if (contentSize !== undefined && contentSize <= AT_ONCE) {
    take(decompress(source.read(start, end), new Uint8Array(contentSize)));
    return;
  }
  const stream = new Decompress(take);
  for (let at = start; at < end; at += CHUNK) stream.push(source.read(at, Math.min(at + CHUNK, end)), at + CHUNK >= end);
}

function damaged(source: ByteSource, cause?: unknown): Failure {
  const what = 'the Zstandard data is damaged or ends too early';
  return new Failure({ id: 'PC1015', what, place: source.label, next: 'fetch or pack the file again', cause });
}

function tooWide(source: ByteSource, { windowSize }: ZstdFrame): Failure {
  const what = `${source.label} unpacks to more than pc holds in memory: its window is ${Math.round(windowSize / 2 ** 20)} MiB`;
  return new Failure({ id: 'PC1015', what, place: source.label, next: 'unpack it with zstd -d --long=31 and give the plain file' });
}
