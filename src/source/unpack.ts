import { createGunzip } from 'node:zlib';
import { type ByteSource, bytesSource, piecesSource } from '../dump/byte-source.ts';
import { Failure } from '../dump/failure.ts';
import { isGzip, isZstd } from '../dump/known-formats.ts';
import { zstdFrames } from '../dump/zstd-frames.ts';

/** What unpacked data may take in memory. */
const MAX_UNPACKED = 2 ** 29;
/** How much larger than itself gzip may become beyond the first 64 MiB: dumps come to forty times, a bomb to a thousand. */
const MAX_GZIP_GROWTH = 250;
const FREE = 2 ** 26;
/** The largest window that zstd itself takes unasked. */
const MAX_WINDOW = 2 ** 27;
const CHUNK = 1 << 20;
const HEAD = 512;

/** The source itself, or what it unpacks to, where it is gzip or Zstandard. Throws Failure PC1003 or PC1015. */
export async function unpacked(source: ByteSource): Promise<ByteSource> {
  const head = source.read(0, HEAD);
  if (isGzip(head)) return gunzipped(source);
  return isZstd(head) ? unzstd(source) : source;
}

async function gunzipped(source: ByteSource): Promise<ByteSource> {
  const pieces: Uint8Array[] = [];
  const allowance = new Allowance(source, MAX_GZIP_GROWTH);
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  await new Promise<void>((resolve, reject) => {
    gunzip.on('data', (piece: Uint8Array) => {
      if (!allowance.take(piece.length)) return void gunzip.destroy(allowance.exceeded());
      pieces.push(piece);
    });
    gunzip.on('end', resolve);
    gunzip.on('error', (error: NodeJS.ErrnoException) => reject(error instanceof Failure ? error : gzipFailure(source, error)));
    void feed(source, gunzip);
  });
  return piecesSource(source.label, pieces);
}

async function feed(source: ByteSource, gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  for (let at = 0; at < source.size && !gunzip.destroyed; at += CHUNK) {
    if (!gunzip.write(source.read(at, Math.min(at + CHUNK, source.size)))) {
      await new Promise<void>((resolve) => {
        gunzip.once('drain', resolve);
        gunzip.once('close', resolve);
      });
    }
  }
  if (!gunzip.destroyed) gunzip.end();
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

async function unzstd(source: ByteSource): Promise<ByteSource> {
  const allowance = new Allowance(source, Number.POSITIVE_INFINITY);
  if (!allowance.fits(source.size)) throw allowance.exceeded();
  const bytes = source.read(0, source.size);
  const damaged = (cause?: unknown): Failure =>
    new Failure({ id: 'PC1015', what: 'the Zstandard data is damaged or ends too early', place: source.label, next: 'fetch or pack the file again', cause });
  const frames = zstdFrames(bytes);
  if (frames === undefined) throw damaged();
  const { Decompress, decompress } = await import('fzstd');
  const pieces: Uint8Array[] = [];
  for (const frame of frames) {
    const packed = bytes.subarray(frame.start, frame.end);
    const known = frame.contentSize;
    if ((known === undefined && frame.windowSize > MAX_WINDOW) || !allowance.take(known ?? frame.maxContentSize)) throw allowance.exceeded();
    if (known !== undefined && known > frame.maxContentSize) throw damaged();
    try {
      if (known !== undefined) {
        pieces.push(decompress(packed, new Uint8Array(known)));
        continue;
      }
      const stream = new Decompress((piece) => void pieces.push(piece));
      stream.push(packed, true);
    } catch (error) {
      throw error instanceof Failure ? error : damaged(error);
    }
  }
  return pieces.length === 1 ? bytesSource(source.label, pieces[0] as Uint8Array) : piecesSource(source.label, pieces);
}

/** Counts what comes out of a decompressor, so that a small file cannot fill the memory. */
class Allowance {
  private taken = 0;
  private readonly source: ByteSource;
  private readonly limit: number;

  constructor(source: ByteSource, growth: number) {
    this.source = source;
    this.limit = Math.min(MAX_UNPACKED, Math.max(FREE, source.size * growth));
  }

  fits(bytes: number): boolean {
    return bytes <= this.limit;
  }

  take(bytes: number): boolean {
    this.taken += bytes;
    return this.taken <= this.limit;
  }

  exceeded(): Failure {
    return new Failure({
      id: 'PC1015',
      what: `${this.source.label} unpacks to more than ${Math.round(this.limit / 2 ** 20)} MiB, which pc does not hold in memory`,
      place: this.source.label,
      next: 'unpack it to a file and give that: a plain file is read piece by piece',
    });
  }
}
