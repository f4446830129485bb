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

/** The frames that bytes consist of, found by their headers and block sizes alone; undefined where the data is damaged or cut short. */
export function zstdFrames(bytes: Uint8Array): readonly ZstdFrame[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: ZstdFrame[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 8 > bytes.length) return undefined;
    const magic = view.getUint32(at, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== MAGIC) return undefined;
    const frame = readFrame(view, at);
    if (frame === undefined) return undefined;
    frames.push(frame);
    at = frame.end;
  }
  return at === bytes.length ? frames : undefined;
}

function readFrame(view: DataView, start: number): ZstdFrame | undefined {
  const descriptor = view.getUint8(start + 4);
  const isSingle = (descriptor & 0x20) !== 0;
  const contentBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  let at = start + 5;
  if (at + (isSingle ? 0 : 1) + dictionaryBytes + contentBytes + 3 > view.byteLength) return undefined;
  let windowSize = 0;
  if (!isSingle) {
    const window = view.getUint8(at++);
    const base = 2 ** (10 + (window >> 3));
    windowSize = base + (base / 8) * (window & 7);
  }
  at += dictionaryBytes;
  const contentSize = contentSizeAt(view, at, contentBytes);
  at += contentBytes;
  let maxContentSize = 0;
  for (;;) {
    if (at + 3 > view.byteLength) return undefined;
    const header = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
    const kind = (header >> 1) & 3;
    const size = header >> 3;
    maxContentSize += kind === COMPRESSED ? MAX_BLOCK : size;
    at += 3 + (kind === REPEATED ? 1 : size);
    if ((header & 1) === 1) break;
  }
  at += (descriptor & 4) !== 0 ? 4 : 0;
  if (at > view.byteLength) return undefined;
  return { start, end: at, windowSize: isSingle ? (contentSize ?? 0) : windowSize, contentSize, maxContentSize };
}

/** The frame content size; in two bytes it counts from 256. */
function contentSizeAt(view: DataView, at: number, bytes: number): number | undefined {
  if (bytes === 0) return undefined;
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
