import { COLUMN_ARRAYS, COLUMN_NAMES, type EntryColumns } from './entry-columns.ts';
import { EntryTable } from './entry-table.ts';
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
  const columns = tables.map((table) => COLUMN_NAMES.map((name) => table.piecesOf(name)));
  const lengths = columns.map((own) => own.map((pieces) => pieces.reduce((sum, { length }) => sum + length, 0)));
  const text = new TextEncoder().encode(JSON.stringify({ tree, lengths }));
  const size = columns.flat().reduce((sum, pieces) => sum + padded(bytesIn(pieces)), HEAD + padded(text.length));
  const bytes = new Uint8Array(size);
  bytes.set(text, HEAD);
  let at = HEAD + padded(text.length);
  for (const pieces of columns.flat()) {
    const end = at + padded(bytesIn(pieces));
    for (const { buffer, byteOffset, byteLength } of pieces) {
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
      at += byteLength;
    }
    at = end;
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
      const column = new COLUMN_ARRAYS[name](bytes.buffer as ArrayBuffer, at, own[i] as number);
      at += padded(column.byteLength);
      return [name, column] as const;
    });
    return new EntryTable([Object.fromEntries(columns) as unknown as EntryColumns]);
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

function bytesIn(pieces: readonly { readonly byteLength: number }[]): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Columns begin where any number may. */
function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}
