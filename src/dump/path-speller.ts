import type { ByteSource, ByteSpan } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';
import { JsonReader, LEFT } from './json-reader.ts';
import { KeyTable } from './key-table.ts';

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** A value that was come to, under a key as the document spells it. */
interface Visited {
  readonly key: string | number;
  /** Offset of its first byte. */
  readonly start: number;
  /** What it holds, by the names and positions that were asked for; undefined where there is nothing. */
  readonly found: Map<string | number, Visited | undefined>;
  /** The first bytes of a list's elements, up to the last one that was asked for. */
  readonly elements: number[];
}

/**
 * Finds how a document spells the keys on the way to a place: fields may stand in snake_case or in camelCase. Only what is on the way is
 * looked at, all else is passed over by its brackets; what was found is kept for the next place.
 */
export class PathSpeller {
  private readonly source: ByteSource;
  private readonly end: number;
  private readonly root: Visited;

  /** In: a document, and where in it the value stands that paths begin at. */
  constructor(source: ByteSource, { start, end }: ByteSpan) {
    this.source = source;
    this.end = end;
    this.root = visited('', start);
  }

  /** The path in the document's own spelling; undefined where it leads nowhere, or past what is not JSON. */
  spelled(path: DumpPath): DumpPath | undefined {
    try {
      return this.walk(path);
    } catch (error) {
      if (error === LEFT) return undefined;
      throw error;
    }
  }

  private walk(path: DumpPath): DumpPath | undefined {
    const spelled: (string | number)[] = [];
    let value = this.root;
    for (const step of path) {
      if (!value.found.has(step)) value.found.set(step, typeof step === 'number' ? this.element(value, step) : this.member(value, step));
      const next = value.found.get(step);
      if (next === undefined) return undefined;
      spelled.push(next.key);
      value = next;
    }
    return spelled;
  }

  private element({ start, elements }: Visited, index: number): Visited | undefined {
    if (index >= elements.length) this.visitElements(start, elements, index);
    const found = elements[index];
    return found === undefined ? undefined : visited(index, found);
  }

  /** Goes on to an element from the last one that was come to. */
  private visitElements(start: number, elements: number[], index: number): void {
    const last = elements.at(-1);
    const reader = this.readerAt(last ?? start);
    if (last === undefined && reader.next() !== OPEN_BRACKET) return;
    for (let isMore = last === undefined ? reader.entersList() : isFollowed(reader); isMore; isMore = isFollowed(reader)) {
      reader.next();
      elements.push(reader.offset);
      if (elements.length > index) return;
    }
  }

  private member({ start }: Visited, name: string): Visited | undefined {
    const reader = this.readerAt(start);
    if (reader.next() !== OPEN_BRACE) return undefined;
    reader.entersObject();
    const table = spellingsOf(name);
    let inCamelCase: Visited | undefined;
    for (let key = reader.member(table, true); key !== undefined; key = reader.member(table, false)) {
      reader.next();
      const found = visited(key, reader.offset);
      if (key === name) return found;
      inCamelCase = found;
      reader.skip();
    }
    return inCamelCase;
  }

  private readerAt(start: number): JsonReader {
    return new JsonReader(this.source, { start, end: this.end });
  }
}

/** Passes over an element: whether another one follows. */
function isFollowed(reader: JsonReader): boolean {
  reader.skip();
  return reader.hasElement();
}

function visited(key: string | number, start: number): Visited {
  return { key, start, found: new Map(), elements: [] };
}

const spellings = new Map<string, KeyTable<string>>();

function spellingsOf(name: string): KeyTable<string> {
  const known = spellings.get(name);
  if (known !== undefined) return known;
  const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const table = new KeyTable([...new Set([name, camel])].map((key) => [key, key]));
  spellings.set(name, table);
  return table;
}
