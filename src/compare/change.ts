import type { JsonObject, JsonValue } from '../dump/json-value.ts';

/** One step from a resource down to what changed in it. */
export type Step =
  /** A field, by its proto name, of a message of this type. */
  | { readonly kind: 'field'; readonly name: string; readonly of: string }
  /** An element of a list: the value that names it, as side A has it where it has it, and its position there. */
  | { readonly kind: 'element'; readonly value: unknown; readonly type: string; readonly index: number }
  /** An entry of a map, or a member of JSON that no schema describes. */
  | { readonly kind: 'key'; readonly name: string };

/** One difference: the smallest part of a resource that differs. */
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed' | 'moved';
  readonly steps: readonly Step[];
  /** The decoded value on side A; undefined where it is not set there. */
  readonly before: unknown;
  /** The decoded value on side B. */
  readonly after: unknown;
  /** Of an element that moved in an ordered list: its positions. */
  readonly moved?: { readonly from: number; readonly to: number };
  /** The message around what changed, on both sides: what a share is computed from. */
  readonly around: Around | undefined;
  /** The proto3 JSON of `before` and `after`. */
  encode(value: unknown): JsonValue;
}

/** A message, as each side has it, and the one around it. */
export interface Around {
  readonly before: unknown;
  readonly after: unknown;
  readonly outer: Around | undefined;
}

/** An operation of RFC 6902. `path` and `from` are JSON Pointers (RFC 6901). */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move'; readonly from: string; readonly path: string };

/** What differs between two messages. */
export interface MessageDifference {
  readonly changes: readonly Change[];
  /** Makes of side A's proto3 JSON (as encodeMessage writes it) what means the same as side B's. */
  readonly patch: readonly PatchOperation[];
}

export type { JsonObject, JsonValue };
