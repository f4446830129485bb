import type { ByteSource } from '../dump/byte-source.ts';
import { type OutlineNode, outlineJson } from '../dump/json-outline.ts';
import { CONFIG_DUMP_DEPTH } from '../dump/split-config-dump.ts';
import { maskSecretBytes } from './mask-secrets.ts';

/** Down to the entries of the lists of a dump, whose members are masked together. */
const ENTRY_DEPTH = CONFIG_DUMP_DEPTH - 1;
/** Values up to this size are masked in one go. */
const PIECE = 1 << 20;

/**
 * A JSON document with its secrets replaced, piece by piece; every other byte is as it was. In: the document, and where it begins. Memory:
 * an outline of its upper levels, and one entry of a dump at a time. Several documents behind each other are all redacted; text behind
 * them that is no JSON is left out, since what is secret in it is unknown. Throws Failure PC10xx for what is no JSON.
 */
export function* redactedJson(source: ByteSource, from = 0): Generator<Uint8Array> {
  for (let at: number | undefined = from; at !== undefined; ) {
    const root = outlineJson(source, ENTRY_DEPTH, { from: at });
    yield* redactedValue(source, root, undefined);
    yield NEWLINE;
    at = nextDocument(source, root.end);
  }
}

const NEWLINE = new TextEncoder().encode('\n');

function* redactedValue(source: ByteSource, node: OutlineNode, key: string | undefined): Generator<Uint8Array> {
  const children = node.children ?? [];
  if (node.end - node.start <= PIECE || children.length === 0) {
    yield maskedUnderKey(source.read(node.start, node.end), key);
    return;
  }
  let at = node.start;
  for (const child of children) {
    yield source.read(at, child.start).slice();
    yield* redactedValue(source, child, node.kind === 'object' ? child.key : undefined);
    at = child.end;
  }
  yield source.read(at, node.end).slice();
}

/** The key that a value stands under says whether it is secret: it is masked with it, and taken out again. */
function maskedUnderKey(bytes: Uint8Array, key: string | undefined): Uint8Array {
  if (key === undefined) return maskSecretBytes(bytes).slice();
  const head = new TextEncoder().encode(`{${JSON.stringify(key)}:`);
  const whole = new Uint8Array(head.length + bytes.length + 1);
  whole.set(head);
  whole.set(bytes, head.length);
  whole[whole.length - 1] = 0x7d;
  const masked = maskSecretBytes(whole);
  return masked.slice(head.length, masked.length - 1);
}

function nextDocument(source: ByteSource, from: number): number | undefined {
  const WINDOW = 4096;
  for (let at = from; at < source.size; at += WINDOW) {
    const bytes = source.read(at, Math.min(at + WINDOW, source.size));
    const start = bytes.findIndex((byte) => byte > 0x20);
    if (start >= 0) return bytes[start] === 0x7b || bytes[start] === 0x5b ? at + start : undefined;
  }
  return undefined;
}
