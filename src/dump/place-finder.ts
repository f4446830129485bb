import type { ByteSource, ByteSpan } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';
import { OPEN_BRACE, OPEN_BRACKET } from './json-bytes.ts';
import { JsonReader, LEFT } from './json-reader.ts';
import { KeyTable } from './key-table.ts';

/** A value that was come to, under a key as the document spells it. */
export interface FoundValue {
  readonly key: string | number;
  /** Offset of its first byte. */
  readonly start: number;
  /** What it holds, by the names and positions that were asked for; undefined where there is nothing. */
  readonly found: Map<string | number, FoundValue | undefined>;
  /** The first bytes of a list's elements, up to the last one that was asked for. */
  readonly elements: number[];
}

/**
 * Finds places in a JSON value by their path, as the document spells its keys: a field may stand in snake_case or in camelCase. Only what is
 * on the way is looked at, all else is passed over by its brackets; what was found is kept for the next place.
 */
export class PlaceFinder {
  private readonly source: ByteSource;
  private readonly span: ByteSpan;
  private readonly root: FoundValue;

  /** In: a document, and where in it the value stands that paths begin at. */
  constructor(source: ByteSource, span: ByteSpan) {
    this.source = source;
    this.span = span;
    this.root = foundAt('', span.start);
  }

  /** The values on the way to a place, the outermost one first; undefined where it leads nowhere, or past what is not JSON. */
  find(path: DumpPath): readonly FoundValue[] | undefined {
    return unlessLeft(() => {
      const way = [this.root];
      for (const step of path) {
        const next = this.within(way.at(-1) as FoundValue, step);
        if (next === undefined) return undefined;
        way.push(next);
      }
      return way;
    });
  }

  /** The member of a value under a key; undefined where it has none, or is no object. */
  memberOf(value: FoundValue, name: string): FoundValue | undefined {
    return unlessLeft(() => this.within(value, name));
  }

  /** How many elements a list has; undefined for what is no list. */
  countOf({ start, elements }: FoundValue): number | undefined {
    return unlessLeft(() => {
      if (this.readerAt(start).next() !== OPEN_BRACKET) return undefined;
      this.visitElements(start, elements, Number.POSITIVE_INFINITY);
      return elements.length;
    });
  }

  /** Where a value stands; undefined for what is not JSON. */
  spanOf({ start }: FoundValue): ByteSpan | undefined {
    return unlessLeft(() => {
      if (start === this.span.start) return this.span;
      const reader = this.readerAt(start);
      reader.skip();
      return { start, end: reader.offset };
    });
  }

  private within(value: FoundValue, step: string | number): FoundValue | undefined {
    if (!value.found.has(step)) value.found.set(step, typeof step === 'number' ? this.element(value, step) : this.member(value, step));
    return value.found.get(step);
  }

  private element({ start, elements }: FoundValue, index: number): FoundValue | undefined {
    if (index >= elements.length) this.visitElements(start, elements, index);
    const found = elements[index];
    return found === undefined ? undefined : foundAt(index, found);
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

  private member({ start }: FoundValue, name: string): FoundValue | undefined {
    const reader = this.readerAt(start);
    if (reader.next() !== OPEN_BRACE) return undefined;
    reader.entersObject();
    const table = spellingsOf(name);
    let inCamelCase: FoundValue | undefined;
    for (let key = reader.member(table, true); key !== undefined; key = reader.member(table, false)) {
      reader.next();
      const found = foundAt(key, reader.offset);
      if (key === name) return found;
      inCamelCase = found;
      reader.skip();
    }
    return inCamelCase;
  }

  private readerAt(start: number): JsonReader {
    return new JsonReader().begin(this.source, { start, end: this.span.end });
  }
}

function unlessLeft<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error === LEFT) return undefined;
    throw error;
  }
}

/** Passes over an element: whether another one follows. */
function isFollowed(reader: JsonReader): boolean {
  reader.skip();
  return reader.hasElement();
}

function foundAt(key: string | number, start: number): FoundValue {
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
