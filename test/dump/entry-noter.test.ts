import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EntryNoter, entryNoter, type ListShape } from '../../src/dump/entry-noter.ts';
import type { EntryTable } from '../../src/dump/entry-table.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const noter = entryNoter() as EntryNoter;

const CLUSTERS: ListShape = { member: ['cluster'], names: ['name'], hasHolders: false };
const ENDPOINTS: ListShape = { member: ['endpoint_config', 'endpointConfig'], names: ['cluster_name', 'clusterName'], hasHolders: false };
const LISTENERS: ListShape = { member: ['listener'], names: ['name'], hasHolders: true };

interface Noted {
  /** Behind the container; -1 where it does not end. */
  readonly end: number;
  readonly table: EntryTable | undefined;
}

/** What is noted of the container that bytes begin with, given in pieces of `size`. */
function noted(bytes: Uint8Array, shape: ListShape | undefined, size = noter.room.length): Noted {
  noter.begin(shape);
  for (let at = 1; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    noter.room.set(piece);
    const stopped = noter.take(0, piece.length, at);
    if (noter.level() === 0) return { end: at + stopped, table: noter.table() };
  }
  return { end: -1, table: noter.table() };
}

interface Entry {
  readonly span: readonly [number, number];
  /** Of a simple one: its resource and its name. */
  readonly resource: readonly [number, number] | undefined;
  readonly name: string | undefined;
  /** All texts that may be a name. */
  readonly names: readonly string[];
  readonly areNamesKnown: boolean;
}

interface Token {
  readonly text: string;
  readonly at: number;
  /** Brackets open around it within the list. */
  readonly level: number;
}

/** Of ASCII: strings, brackets, colons, and all else. */
function tokensOf(text: string): Token[] {
  let level = 0;
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)].map(({ 0: token, index }) => {
    if (token === '}' || token === ']') level--;
    const found = { text: token, at: index, level };
    if (token === '{' || token === '[') level++;
    return found;
  });
}

/** The entries of a list of objects in ASCII, token by token. */
function entriesOf(text: string, { member, names, hasHolders }: ListShape): Entry[] {
  const tokens = tokensOf(text);
  const borders = tokens.flatMap((token, i) => (token.level === 1 && /^[[\]{}]$/.test(token.text) ? [i] : []));
  return borders.flatMap((first, i) => {
    if (i % 2 === 1) return [];
    const own = tokens.slice(first, (borders[i + 1] as number) + 1);
    const held = own.flatMap((token, j) => (token.level === 2 && /^[[{]$/.test(token.text) ? [j] : []));
    const near = own.filter(({ level }) => level >= 2 && level <= (hasHolders ? 4 : 3));
    const found = own.flatMap(({ text: key, level }, j) => {
      const index = [...new Set([...names, 'name'])].indexOf(key.slice(1, -1));
      const value = own[j + 2]?.text ?? '';
      const isName = key.startsWith('"') && index >= 0 && near.includes(own[j] as Token) && own[j + 1]?.text === ':' && value.startsWith('"');
      return isName ? [{ name: value.slice(1, -1), isOwn: level > 2 && index < names.length }] : [];
    });
    const areNamesKnown = !near.some(({ text: token }) => token.includes('\\')) && held.every((j) => own[j]?.text === '{');
    const [only] = held;
    const isResource = held.length === 1 && only !== undefined && own[only - 1]?.text === ':' && member.some((key) => `"${key}"` === own[only - 2]?.text);
    const isSimple = isResource && !hasHolders && areNamesKnown && found.length > 0 && found.every(({ isOwn }) => isOwn);
    const resourceEnd = own.findLast(({ level, text: token }) => level === 2 && /^[\]}]$/.test(token));
    return [
      {
        span: [own[0]?.at as number, (own.at(-1)?.at as number) + 1],
        resource: isSimple ? [own[only as number]?.at as number, (resourceEnd?.at as number) + 1] : undefined,
        name: isSimple ? found[0]?.name : undefined,
        names: found.map(({ name }) => name),
        areNamesKnown: areNamesKnown && (isSimple || hasHolders),
      },
    ];
  });
}

/** A table in the same form. */
function entriesIn(table: EntryTable | undefined): unknown {
  if (table === undefined) return undefined;
  const { columns } = table;
  return Array.from({ length: table.count }, (_, i) => {
    const [span, resource] = [table.spanOf(i), table.resourceOf(i)];
    const isSimple = table.isSimple(i);
    expect(columns.others.includes(i)).toBe(!isSimple);
    return {
      span: [span.start, span.end],
      resource: isSimple ? [resource.start, resource.end] : undefined,
      name: isSimple ? table.nameOf(i) : undefined,
      names: columns.hashed.filter((entry) => entry === i).length,
      areNamesKnown: !columns.unknowns.includes(i),
    };
  });
}

const word = fc.constantFrom(
  'name',
  'cluster_name',
  'clusterName',
  'names',
  'nam',
  'cluster',
  'endpointConfig',
  'listener',
  'a',
  'b c',
  'x\\y',
  'q"',
  '{',
  ']',
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { weight: 4, arbitrary: word },
    { weight: 1, arbitrary: fc.constantFrom(1, null, true, [], {}) },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 3, arbitrary: fc.dictionary(word, tie('value'), { maxKeys: 4 }) },
  ),
})).value;
/** What is usual comes up often enough. */
const entry = (member: string, name: string): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.record({ version_info: word, [member]: fc.record({ x: value, [name]: fc.constantFrom('n', 'outbound|80||c', 'name') }) }),
    fc.record({ [member]: fc.dictionary(word, value) }),
    fc.dictionary(word, value),
  );
const SHAPES = [
  ['cluster', 'name', CLUSTERS],
  ['endpointConfig', 'cluster_name', ENDPOINTS],
  ['listener', 'name', LISTENERS],
] as const;
const list = fc
  .constantFrom(...SHAPES)
  .chain(([member, name, shape]) => fc.tuple(fc.array(entry(member, name), { maxLength: 6 }), fc.constant(shape), fc.constantFrom(0, 1, 4, '\t')));

describe('what is noted of a list', () => {
  test('are the borders of each entry, its resource and its names, and what is not as usual', () => {
    fc.assert(
      fc.property(list, ([entries, shape, indent]) => {
        const text = JSON.stringify(entries, null, indent);
        const { end, table } = noted(encode(`${text}, "name": [`), shape);
        expect(end).toBe(text.length);
        const expected = entriesOf(text, shape);
        expect(entriesIn(table)).toEqual(expected.map((wanted) => ({ ...wanted, names: wanted.names.length })));
        expected.forEach(({ names, name: only }, i) => {
          for (const name of only === undefined ? names : [only]) expect(table?.mayHave(name)).toContain(i);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('is the same wherever its bytes are cut', () => {
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 200 }), ([entries, shape, indent], size) => {
        const bytes = encode(`${JSON.stringify(entries, null, indent)}, "behind": [`);
        const [whole, cut] = [noted(bytes, shape), noted(bytes, shape, size)];
        expect(cut.end).toBe(whole.end);
        expect(cut.table?.columns).toEqual(whole.table?.columns);
      }),
      { numRuns: 1000 },
    );
  });

  test('is complete, however many entries there are and however long their names', () => {
    const entries = Array.from({ length: 20_000 }, (_, i) => `{"cluster":{"name":"c${i}${'x'.repeat(i % 1000 === 0 ? 70_000 : 0)}"}}`);
    const bytes = encode(`[${entries.join(',')}]`);
    for (const size of [noter.room.length, 10_007]) {
      const { table } = noted(bytes, CLUSTERS, size);
      expect(table?.count).toBe(entries.length);
      expect(table?.nameOf(12_345)).toBe('c12345');
      expect(table?.mayHave('c19999')).toContain(19_999);
      expect(table?.mayHave('c20000').filter((i) => i % 1000 !== 0)).toEqual([]);
      // A name that goes on for longer than is kept of a chunk may be any.
      for (const i of table?.columns.unknowns ?? []) expect(i % 1000).toBe(0);
      if (size === noter.room.length) expect(table?.isSimple(1)).toBe(true);
    }
  });

  test('are entries without anything, as many as can be', () => {
    const bytes = encode(`[${'{},'.repeat(99_999)}{}]`);
    const { end, table } = noted(bytes, CLUSTERS);
    expect([end, table?.count, table?.columns.unknowns.length]).toEqual([bytes.length, 100_000, 100_000]);
    expect(table?.spanOf(99_999)).toEqual({ start: bytes.length - 3, end: bytes.length - 1 });
  });

  test('are names in great number within one entry', () => {
    const { table } = noted(encode(`[{"a":{${Array.from({ length: 30_000 }, (_, i) => `"name":"n${i}"`).join(',')}}}]`), CLUSTERS);
    expect(table?.columns.hashes.length).toBe(30_000);
    expect(table?.mayHave('n29999')).toEqual([0]);
  });

  test('is nothing where it is not one of objects, one behind the other', () => {
    for (const text of ['[1]', '["name"]', '[[]]', '[{},1]', '[{},[]]', '[{} {}]', '[{},]', '[,{}]', '[{},,{}]', '[{}}', '[{]]', '[{"a":"b"},"c"]']) {
      for (const size of [1, 2, 100]) expect(noted(encode(text), CLUSTERS, size).table, text).toBeUndefined();
    }
    for (const size of [1, 2, 100]) expect(noted(encode(' [ ] '.trim()), CLUSTERS, size).table?.count).toBe(0);
  });

  test('knows a quote by the backslashes before it, be they many', () => {
    for (let count = 0; count < 140; count++) {
      const text = `["${'\\'.repeat(count)}"]"]`;
      const end = count % 2 === 0 ? text.length - 2 : text.length;
      for (const size of [1, 63, 64, 65, 500])
        for (const shape of [undefined, CLUSTERS]) expect(noted(encode(text), shape, size).end, `${count} backslashes, ${size} at once`).toBe(end);
    }
  });
});
