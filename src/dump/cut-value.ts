import type { ByteSource, ByteSpan } from './byte-source.ts';
import { CLOSE_BRACKET, OPEN_BRACKET } from './json-bytes.ts';
import { JsonReader, LEFT } from './json-reader.ts';
import type { KeyTable } from './key-table.ts';

/** A list within an element of another list, left where it stands. */
export interface LeftList extends ByteSpan {
  /** Which element holds it. */
  readonly element: number;
}

/** A JSON value less what was cut out of it. */
export interface CutValue {
  /** Its text in UTF-8, with an empty list in place of each that is left. */
  readonly text: Uint8Array;
  readonly left: readonly LeftList[];
}

const EMPTY_LIST = Uint8Array.of(OPEN_BRACKET, CLOSE_BRACKET);

/**
 * Cuts lists out of the object at a span, without a look at what they hold but for its brackets: of each element of one list, an object, the
 * list that it has.
 *
 * In: the keys that the outer list may stand under, and those of the inner ones. Out: undefined where there is none of them, or anything on the
 * way is not as usual (another kind of value, what is not JSON).
 */
export function cutValue(source: ByteSource, span: ByteSpan, outer: KeyTable<string>, inner: KeyTable<string>): CutValue | undefined {
  try {
    const left = innerLists(new JsonReader().begin(source, span), outer, inner);
    return left.length === 0 ? undefined : { text: textAround(source, span, left), left };
  } catch (error) {
    if (error === LEFT) return undefined;
    throw error;
  }
}

function innerLists(reader: JsonReader, outer: KeyTable<string>, inner: KeyTable<string>): readonly LeftList[] {
  const left: LeftList[] = [];
  reader.entersObject();
  for (let key = reader.member(outer, true), isFirst = true; key !== undefined; key = reader.member(outer, false), isFirst = false) {
    if (!isFirst) throw LEFT;
    let hasElement = reader.entersList();
    for (let element = 0; hasElement; element++) {
      reader.entersObject();
      for (let own = reader.member(inner, true); own !== undefined; own = reader.member(inner, false)) {
        if (reader.next() !== OPEN_BRACKET) throw LEFT;
        const start = reader.offset;
        reader.skip();
        left.push({ element, start, end: reader.offset });
      }
      hasElement = reader.hasElement();
    }
  }
  return left;
}

function textAround(source: ByteSource, span: ByteSpan, left: readonly LeftList[]): Uint8Array {
  const size = left.reduce((sum, { start, end }) => sum - (end - start) + EMPTY_LIST.length, span.end - span.start);
  const text = new Uint8Array(size);
  const read = chunkwise(source);
  let at = span.start;
  let filled = 0;
  for (const { start, end } of left) {
    text.set(read(at, start), filled);
    filled += start - at;
    text.set(EMPTY_LIST, filled);
    filled += EMPTY_LIST.length;
    at = end;
  }
  text.set(read(at, span.end), filled);
  return text;
}

const CHUNK = 1 << 18;

/** Reads ranges one behind the other, many with each reading of the source; the bytes of one stand until the next is read. */
function chunkwise(source: ByteSource): ByteSource['read'] {
  const scan = source.scan ?? source.read;
  let chunk = new Uint8Array();
  let base = 0;
  return (start, end) => {
    if (end - start > CHUNK) return source.read(start, end);
    if (start < base || end > base + chunk.length) {
      chunk = scan(start, Math.min(start + CHUNK, source.size)) as typeof chunk;
      base = start;
    }
    return chunk.subarray(start - base, end - base);
  };
}
