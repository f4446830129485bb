import type { ByteSource, ByteSpan } from './byte-source.ts';
import { Failure } from './failure.ts';
import { type OutlineNode, type OutlineOptions, outlineJson } from './json-outline.ts';
import { parseJson, repeatedKey } from './json-text.ts';
import type { JsonValue } from './json-value.ts';
import { placeAt } from './place.ts';
import { decodeUtf8 } from './utf8.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const LOWER = /^[^A-Z]*$/;

/** `dynamicActiveClusters` → `dynamic_active_clusters`; a snake_case key stays as it is. */
export function snakeCase(key: string): string {
  return LOWER.test(key) ? key : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The members of an object node by snake_case key, outlined on demand; none for anything else.
 * Throws Failure PC1005 where a key stands twice: programs differ in which one they believe.
 */
export function membersOf(source: ByteSource, node: OutlineNode): ReadonlyMap<string, OutlineNode> {
  const members = new Map<string, OutlineNode>();
  if (node.kind !== 'object') return members;
  for (const child of childrenOf(source, node)) {
    const key = snakeCase(child.key ?? '');
    if (members.has(key)) throw repeatedKey(child.key ?? '', placeAt(source, child.start));
    members.set(key, child);
  }
  return members;
}

/** As {@link membersOf}, for an object that may be a map of names: of two keys that differ by their case only, the first counts. */
export function membersOfAny(source: ByteSource, node: OutlineNode): ReadonlyMap<string, OutlineNode> {
  const members = new Map<string, OutlineNode>();
  if (node.kind !== 'object') return members;
  const keys = new Set<string>();
  for (const child of childrenOf(source, node)) {
    if (keys.has(child.key ?? '')) throw repeatedKey(child.key ?? '', placeAt(source, child.start));
    keys.add(child.key ?? '');
    if (!members.has(snakeCase(child.key ?? ''))) members.set(snakeCase(child.key ?? ''), child);
  }
  return members;
}

/** The elements of an array node, outlined on demand; none for anything else. */
export function elementsOf(source: ByteSource, node: OutlineNode | undefined): readonly OutlineNode[] {
  return node?.kind === 'array' ? childrenOf(source, node) : [];
}

/** What an object or array holds, outlined on demand: for maps, whose keys are names and not field names. */
export function childrenOf(source: ByteSource, node: OutlineNode): readonly OutlineNode[] {
  if (node.kind !== 'object' && node.kind !== 'array') return [];
  return node.children ?? outlineJson(source, 1, { from: node.start, to: node.end }).children ?? [];
}

/** The node again, outlined down to the given depth below it. */
export function outlinedDeeper(source: ByteSource, node: OutlineNode, depth: number, options: OutlineOptions = {}): OutlineNode {
  return { ...outlineJson(source, depth, { ...options, from: node.start, to: node.end }), key: node.key };
}

/** The first text that the object at a span holds under one of the keys; read no further than that. */
export function firstText(source: ByteSource, span: ByteSpan, keys: ReadonlySet<string>): string | undefined {
  const object = outlineJson(source, 1, { from: span.start, to: span.end, until: keys });
  return textOf(
    source,
    object.children?.find((child) => child.kind === 'string' && keys.has(child.key ?? '')),
  );
}

/** The text of a string node; undefined for anything else. */
export function textOf(source: ByteSource, node: OutlineNode | undefined): string | undefined {
  if (node?.kind !== 'string') return undefined;
  if (node.text !== undefined) return node.text;
  const inside = decoder.decode(source.read(node.start + 1, node.end - 1));
  if (!inside.includes('\\')) return inside;
  const value = parseAt(source, node);
  return typeof value === 'string' ? value : undefined;
}

/** Beyond this a value does not fit into one text of the JavaScript engine. */
const MAX_VALUE = 1 << 28;

/**
 * Parses the JSON value at a span. In: also who is told the place of bytes that are not UTF-8 (they are read as U+FFFD).
 * Throws Failure PC1004, PC1005 or PC1037 with its place.
 */
export function parseAt(source: ByteSource, span: ByteSpan, notUtf8?: (place: string) => void): JsonValue {
  if (span.end - span.start > MAX_VALUE) {
    throw new Failure({
      id: 'PC1037',
      what: `one value takes ${Math.round((span.end - span.start) / 2 ** 20)} MiB, more than pc reads at once (${MAX_VALUE / 2 ** 20} MiB)`,
      place: placeAt(source, span.start),
      next: 'ask Envoy for a part of it: /config_dump?mask=… or ?resource=…',
    });
  }
  const bytes = source.read(span.start, span.end);
  const { text, faultAt } = decodeUtf8(bytes);
  if (faultAt !== undefined) notUtf8?.(placeAt(source, span.start + faultAt));
  // An offset in the text is one in the bytes only as long as all is ASCII; counted anew where it matters, for a message.
  return parseJson(text, (offset) => placeAt(source, span.start + new TextEncoder().encode(text.slice(0, offset)).length), bytes);
}
