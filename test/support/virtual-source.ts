import type { ByteSource } from '../../src/dump/byte-source.ts';
import { searchNatively } from '../../src/source/search-natively.ts';

/** A source of three parts, of which the middle one is a text repeated: larger than any memory, and held in none. */
export function virtualSource(label: string, head: string, repeated: string, times: number, tail: string): ByteSource {
  const encoder = new TextEncoder();
  const [first, middle, last] = [head, repeated, tail].map((text) => encoder.encode(text)) as [Uint8Array, Uint8Array, Uint8Array];
  // As many whole repetitions as fill a chunk, so that a chunk is copied at once.
  const block = encoder.encode(repeated.repeat(Math.ceil((1 << 21) / middle.length)));
  const end = first.length + middle.length * times;
  const size = end + last.length;
  const fill = (bytes: Uint8Array, start: number): Uint8Array => {
    for (let at = 0; at < bytes.length; ) {
      const offset = start + at;
      const part =
        offset < first.length
          ? first.subarray(offset)
          : offset < end
            ? block.subarray((offset - first.length) % middle.length, Math.min(block.length, ((offset - first.length) % middle.length) + end - offset))
            : last.subarray(offset - end);
      const taken = part.subarray(0, bytes.length - at);
      bytes.set(taken, at);
      at += taken.length;
    }
    return bytes;
  };
  let chunk = new Uint8Array(0);
  return {
    label,
    size,
    read: (start, to) => fill(new Uint8Array(Math.max(0, Math.min(to, size) - start)), start),
    scan: (start, to) => {
      if (chunk.length < to - start) chunk = new Uint8Array(to - start);
      return fill(chunk.subarray(0, Math.min(to, size) - start), start);
    },
    search: searchNatively,
  };
}
