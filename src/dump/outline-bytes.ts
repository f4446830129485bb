import { type EntryColumns, EntryTable } from './entry-table.ts';
import type { OutlineNode } from './json-outline.ts';

/** Changes with what the bytes mean, and with what is noted of a dump: what an older pc wrote is not read. */
const FORMAT = 2;
/** Written as a number, so that it reads differently on a machine that orders bytes differently. */
const MAGIC = 0x70634958;
/** Magic, format, length of the nodes' text; and nothing, so that what follows begins where any number may. */
const HEAD = 16;
/** Outlines with more nodes than these are of documents that are cut at once. */
const MAX_NODES = 10_000;

const KINDS = ['object', 'array', 'string', 'other'] as const;
const COLUMNS = { rows: Float64Array, names: Uint8Array, hashes: Uint32Array, hashed: Uint32Array, others: Uint32Array, unknowns: Uint32Array } as const;
const COLUMN_NAMES = Object.keys(COLUMNS) as (keyof EntryColumns)[];

type StoredNode = readonly [kind: number, start: number, end: number, key: string | 0, text: string | 0, children: readonly StoredNode[] | 0, table: number];

/** An outline as bytes, to be kept for the next time; undefined where it has no tables, so that nothing would be won. */
export function outlineBytes(root: OutlineNode): Uint8Array | undefined {
  const tables: EntryTable[] = [];
  let count = 0;
  const stored = (node: OutlineNode): StoredNode => {
    count++;
    const table = node.entries === undefined ? -1 : tables.push(node.entries) - 1;
    return [KINDS.indexOf(node.kind), node.start, node.end, node.key ?? 0, node.text ?? 0, node.children?.map(stored) ?? 0, table];
  };
  const tree = stored(root);
  if (tables.length === 0 || count > MAX_NODES) return undefined;
  const lengths = tables.map(({ columns }) => COLUMN_NAMES.map((name) => columns[name].length));
  const text = new TextEncoder().encode(JSON.stringify({ tree, lengths }));
  const columns = tables.flatMap((table) => COLUMN_NAMES.map((name) => table.columns[name]));
  const size = columns.reduce((sum, column) => sum + padded(column.byteLength), HEAD + padded(text.length));
  const bytes = new Uint8Array(size);
  bytes.set(text, HEAD);
  let at = HEAD + padded(text.length);
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += padded(column.byteLength);
  }
  const head = new Uint32Array(bytes.buffer, 0, HEAD / 4);
  head.set([MAGIC, FORMAT, text.length]);
  return bytes;
}

/** The outline that bytes hold; undefined where they are of another format. In: the bytes as `outlineBytes` made them: who keeps them sees to that. */
export function outlineOfBytes(bytes: Uint8Array): OutlineNode | undefined {
  if (bytes.length < HEAD || bytes.length % 8 !== 0 || bytes.byteOffset % 8 !== 0) return undefined;
  const [magic, format, length = 0] = new Uint32Array(bytes.buffer, bytes.byteOffset, HEAD / 4);
  if (magic !== MAGIC || format !== FORMAT) return undefined;
  const { tree, lengths } = JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD, HEAD + length))) as { tree: StoredNode; lengths: number[][] };
  let at = bytes.byteOffset + HEAD + padded(length);
  const tables = lengths.map((own) => {
    const columns = COLUMN_NAMES.map((name, i) => {
      const column = new COLUMNS[name](bytes.buffer as ArrayBuffer, at, own[i] as number);
      at += padded(column.byteLength);
      return [name, column] as const;
    });
    return new EntryTable(Object.fromEntries(columns) as unknown as EntryColumns);
  });
  return nodeOf(tree, tables);
}

function nodeOf([kind, start, end, key, text, children, table]: StoredNode, tables: readonly EntryTable[]): OutlineNode {
  return {
    kind: KINDS[kind] as OutlineNode['kind'],
    start,
    end,
    key: key === 0 ? undefined : key,
    children: children === 0 ? undefined : children.map((child) => nodeOf(child, tables)),
    text: text === 0 ? undefined : text,
    name: undefined,
    entries: tables[table],
  };
}

/** Columns begin where any number may. */
function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}
