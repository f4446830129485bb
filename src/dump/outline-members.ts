import type { ByteSource, ByteSpan } from './byte-source.ts';
import { type OutlineNode, outlineJson } from './json-outline.ts';
import { parseJson } from './json-text.ts';
import type { JsonValue } from './json-value.ts';
import { placeAt } from './place.ts';

const decoder = new TextDecoder();

/** `dynamicActiveClusters` → `dynamic_active_clusters`; a snake_case key stays as it is. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The members of an object node by snake_case key, outlined on demand. Of a repeated key the last counts, as everywhere in Envoy. */
export function membersOf(source: ByteSource, node: OutlineNode): ReadonlyMap<string, OutlineNode> {
  const children = node.children ?? (node.kind === 'object' ? outlineJson(source, 1, node.start, node.end).children : undefined) ?? [];
  return new Map(children.map((child) => [snakeCase(child.key ?? ''), child]));
}

/** The elements of an array node, outlined on demand; none for anything else. */
export function elementsOf(source: ByteSource, node: OutlineNode | undefined): readonly OutlineNode[] {
  if (node?.kind !== 'array') return [];
  return node.children ?? outlineJson(source, 1, node.start, node.end).children ?? [];
}

/** The text of a string node; undefined for anything else. */
export function textOf(source: ByteSource, node: OutlineNode | undefined): string | undefined {
  if (node?.kind !== 'string') return undefined;
  const value = parseAt(source, node);
  return typeof value === 'string' ? value : undefined;
}

/** Parses the JSON value at a span. Throws Failure PC1004 or PC1005 with its place. */
export function parseAt(source: ByteSource, span: ByteSpan): JsonValue {
  const bytes = source.read(span.start, span.end);
  const text = decoder.decode(bytes);
  // An offset in the text is one in the bytes only as long as all is ASCII; counted anew where it matters, for a message.
  return parseJson(text, (offset) => placeAt(source, span.start + new TextEncoder().encode(text.slice(0, offset)).length));
}
