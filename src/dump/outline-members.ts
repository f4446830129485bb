import type { ByteSource, ByteSpan } from './byte-source.ts';
import { type OutlineNode, outlineJson } from './json-outline.ts';
import { parseJson, repeatedKey } from './json-text.ts';
import type { JsonValue } from './json-value.ts';
import { placeAt } from './place.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const LOWER = /^[^A-Z]*$/;

/** `dynamicActiveClusters` → `dynamic_active_clusters`; a snake_case key stays as it is. */
export function snakeCase(key: string): string {
  return LOWER.test(key) ? key : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The members of an object node by snake_case key, outlined on demand.
 * Throws Failure PC1005 where a key stands twice: programs differ in which one they believe.
 */
export function membersOf(source: ByteSource, node: OutlineNode): ReadonlyMap<string, OutlineNode> {
  const children = node.children ?? (node.kind === 'object' ? outlineJson(source, 1, { from: node.start, to: node.end }).children : undefined) ?? [];
  const members = new Map<string, OutlineNode>();
  for (const child of children) {
    const key = snakeCase(child.key ?? '');
    if (members.has(key)) throw repeatedKey(child.key ?? '', placeAt(source, child.start));
    members.set(key, child);
  }
  return members;
}

/** The elements of an array node, outlined on demand; none for anything else. */
export function elementsOf(source: ByteSource, node: OutlineNode | undefined): readonly OutlineNode[] {
  if (node?.kind !== 'array') return [];
  return node.children ?? outlineJson(source, 1, { from: node.start, to: node.end }).children ?? [];
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
  const inside = decoder.decode(source.read(node.start + 1, node.end - 1));
  if (!inside.includes('\\')) return inside;
  const value = parseAt(source, node);
  return typeof value === 'string' ? value : undefined;
}

/** Parses the JSON value at a span. Throws Failure PC1004 or PC1005 with its place. */
export function parseAt(source: ByteSource, span: ByteSpan): JsonValue {
  const text = decoder.decode(source.read(span.start, span.end));
  // An offset in the text is one in the bytes only as long as all is ASCII; counted anew where it matters, for a message.
  return parseJson(text, (offset) => placeAt(source, span.start + new TextEncoder().encode(text.slice(0, offset)).length));
}
