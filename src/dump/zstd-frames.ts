import type { ByteSource } from './byte-source.ts';

/** One frame of Zstandard data as its header announces it. Source: RFC 8878, section 3.1.1. */
export interface ZstdFrame {
  readonly start: number;
  readonly end: number;
  /** What the decompressor must keep of what it has written. */
  readonly windowSize: number;
  /** The size of what it unpacks to, where the header says it. */
  readonly contentSize: number | undefined;
  /** What it unpacks to at most, by the sizes of its blocks. */
  readonly maxContentSize: number;
}

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** Kinds of blocks. */
const REPEATED = 1;
const COMPRESSED = 2;
const MAX_BLOCK = 2 ** 17;

/** The longest header of a frame: magic, descriptor, window, dictionary, content size. */
const MAX_HEADER = 4 + 1 + 1 + 4 + 8;
const EMPTY = new DataView(new ArrayBuffer(0));

/** The frames that a source consists of, found by their headers and block sizes alone; undefined where the data is damaged or cut short. */
export function zstdFrames(source: ByteSource): readonly ZstdFrame[] | undefined {
  const frames: ZstdFrame[] = [];
  let at = 0;
  while (at < source.size) {
    const view = viewAt(source, at, MAX_HEADER);
    if (view.byteLength < 8) return undefined;
    const magic = view.getUint32(0, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      at += 8 + view.getUint32(4, true);
      continue;
    }
    if (magic !== MAGIC) return undefined;
    const frame = readFrame(source, view, at);
    if (frame === undefined) return undefined;
    frames.push(frame);
    at = frame.end;
  }
  return at === source.size ? frames : undefined;
}

function readFrame(source: ByteSource, view: DataView, start: number): ZstdFrame | undefined {
  const descriptor = view.getUint8(4);
  const isSingle = (descriptor & 0x20) !== 0;
  const contentBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  let header = 5;
  if (header + (isSingle ? 0 : 1) + dictionaryBytes + contentBytes > view.byteLength) return undefined;
  let windowSize = 0;
  if (!isSingle) {
    const window = view.getUint8(header++);
    const base = 2 ** (10 + (window >> 3));
    windowSize = base + (base / 8) * (window & 7);
  }
  header += dictionaryBytes;
  const contentSize = contentSizeAt(view, header, contentBytes);
  const blocks = blocksAt(source, start + header + contentBytes);
  if (blocks === undefined) return undefined;
  const end = blocks.end + ((descriptor & 4) !== 0 ? 4 : 0);
  if (end > source.size) return undefined;
  return { start, end, windowSize: isSingle ? (contentSize ?? 0) : windowSize, contentSize, maxContentSize: blocks.maxContentSize };
}

/** Walks over the blocks of a frame by their headers. */
function blocksAt(source: ByteSource, from: number): { readonly end: number; readonly maxContentSize: number } | undefined {
  let maxContentSize = 0;
  for (let at = from; ; ) {
    const view = viewAt(source, at, 3);
    if (view.byteLength < 3) return undefined;
    const header = view.getUint8(0) | (view.getUint8(1) << 8) | (view.getUint8(2) << 16);
    const kind = (header >> 1) & 3;
    const size = header >> 3;
    maxContentSize += kind === COMPRESSED ? MAX_BLOCK : size;
    at += 3 + (kind === REPEATED ? 1 : size);
    if ((header & 1) === 1) return { end: at, maxContentSize };
  }
}

function viewAt(source: ByteSource, at: number, length: number): DataView {
  if (at >= source.size) return EMPTY;
  const bytes = source.read(at, at + length);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The frame content size; in two bytes it counts from 256. */
function contentSizeAt(view: DataView, at: number, bytes: number): number | undefined {
  if (bytes === 0) return undefined;
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
