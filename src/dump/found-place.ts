import type { ByteSource } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';
import { Failure } from './failure.ts';
import type { JsonValue } from './json-value.ts';
import { parseAt } from './outline-members.ts';
import type { FoundValue, PlaceFinder } from './place-finder.ts';

/** A place of a dump that was looked up. Of what stands there, and around it, only what is asked for is parsed. */
export class FoundPlace {
  /** With keys as the dump spells them. */
  readonly path: DumpPath;
  private readonly source: ByteSource;
  private readonly finder: PlaceFinder;
  /** The values on the way, the place itself last. */
  private readonly way: readonly FoundValue[];

  /** In: the path of the value that the finder looks into, and the values found on the way from there. */
  constructor(source: ByteSource, finder: PlaceFinder, from: DumpPath, way: readonly FoundValue[]) {
    this.source = source;
    this.finder = finder;
    this.way = way;
    this.path = [...from, ...way.slice(1).map(({ key }) => key)];
  }

  /** The value there; undefined where it is not JSON. */
  value(): JsonValue | undefined {
    return this.parsed(this.way.at(-1));
  }

  /** Bytes that it takes; 0 where it is not JSON. */
  get size(): number {
    const span = this.finder.spanOf(this.way.at(-1) as FoundValue);
    return span === undefined ? 0 : span.end - span.start;
  }

  /** How many elements a list has; undefined for what is no list. */
  get count(): number | undefined {
    return this.finder.countOf(this.way.at(-1) as FoundValue);
  }

  /** What stands under a key in the value itself, then in the values around it, the nearest first. */
  *around(key: string): Iterable<JsonValue> {
    for (const value of this.way.toReversed()) {
      const parsed = this.parsed(this.finder.memberOf(value, key));
      if (parsed !== undefined) yield parsed;
    }
  }

  private parsed(value: FoundValue | undefined): JsonValue | undefined {
    const span = value && this.finder.spanOf(value);
    if (span === undefined) return undefined;
    try {
      return parseAt(this.source, span);
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
  }
}
