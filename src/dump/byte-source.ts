/** Bytes that can be read anywhere, as often as needed. A file, or a buffer; who made it decides. */
export interface ByteSource {
  /** What the user calls it: a file name, `stdin`, `bug-report.tar.gz!…/config_dump`. */
  readonly label: string;
  /** Length in bytes. */
  readonly size: number;
  /** The bytes of [start, end). The result may share memory with the source and must not be changed. */
  read(start: number, end: number): Uint8Array;
  /** As `read`, for who goes through a source chunk by chunk: the bytes stand only until the next call of it, in `room` where that is given. */
  readonly scan?: ((start: number, end: number, room?: Uint8Array) => Uint8Array) | undefined;
  /** A search in native code, where whoever made the source has one and its size makes it worth while. */
  readonly search?: ByteSearch | undefined;
  /** Where an index of it is kept for the next time; whoever made the source decides whether there is such a place. */
  readonly store?: SourceStore | undefined;
}

/** Keeps bytes beside a source, as long as the source stays the same. What is damaged, or goes wrong otherwise, is as if it were not there. */
export interface SourceStore {
  /** The bytes as they were saved, beginning where any number may. */
  load(): Uint8Array | undefined;
  save(bytes: Uint8Array): void;
}

/** Finds bytes within bytes from an index on, at the speed of memory; -1 where they are not. */
export type ByteSearch = (bytes: Uint8Array, wanted: Uint8Array, from: number) => number;

/** A half-open range of byte offsets in a ByteSource. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** A source over bytes in memory. */
export function bytesSource(label: string, bytes: Uint8Array): ByteSource {
  return { label, size: bytes.length, read: (start, end) => bytes.subarray(start, end) };
}

/** A source over the UTF-8 of a text. */
export function textSource(label: string, text: string): ByteSource {
  return bytesSource(label, new TextEncoder().encode(text));
}

/** From this size on it pays to find borders by a search; below, every bracket is looked at. */
export const SEARCHED = 1 << 18;

/** From this size on a document is not checked as a whole: only what is read of it. */
export const LARGE = 1 << 22;

/** A source over a part of another: a member of an archive, say. Nothing is copied. */
export function partSource(label: string, whole: ByteSource, span: ByteSpan): ByteSource {
  const size = span.end - span.start;
  return {
    label,
    size,
    read: (start, end) => whole.read(span.start + start, span.start + Math.min(end, size)),
    scan: whole.scan && ((start, end, room) => (whole.scan as Scan)(span.start + start, span.start + Math.min(end, size), room)),
    search: size >= SEARCHED ? whole.search : undefined,
  };
}

type Scan = NonNullable<ByteSource['scan']>;

/** A source over pieces that came one after another (from a stream, a decompressor). Memory: the pieces; a read across a border copies. */
export function piecesSource(label: string, pieces: readonly Uint8Array[], search?: ByteSearch): ByteSource {
  const starts: number[] = [];
  let size = 0;
  for (const piece of pieces) {
    starts.push(size);
    size += piece.length;
  }
  return { label, size, read: (start, end) => readPieces(pieces, starts, start, Math.min(end, size)), search };
}

function readPieces(pieces: readonly Uint8Array[], starts: readonly number[], start: number, end: number): Uint8Array {
  let index = pieceAt(starts, start);
  const first = pieces[index];
  if (first === undefined || start >= end) return new Uint8Array(0);
  const offset = start - (starts[index] as number);
  if (end - start <= first.length - offset) return first.subarray(offset, offset + end - start);
  const bytes = new Uint8Array(end - start);
  for (let at = start; at < end; index++) {
    const piece = pieces[index] as Uint8Array;
    const from = at - (starts[index] as number);
    const part = piece.subarray(from, from + end - at);
    bytes.set(part, at - start);
    at += part.length;
  }
  return bytes;
}

/** The last piece that starts at or before an offset, by bisection. */
function pieceAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
