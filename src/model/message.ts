import type { JsonObject, JsonValue } from '../dump/json-value.ts';
import { canonicalType } from '../dump/type-name.ts';

export type { JsonObject, JsonValue } from '../dump/json-value.ts';

/** `google.protobuf.Struct`: its keys are data, not field names. */
export type Struct = JsonObject;

/** `google.protobuf.Duration` as proto3 JSON writes it: `"1.500s"`. See {@link durationMs}. */
export type Duration = string;

/** `google.protobuf.Timestamp` as proto3 JSON writes it: RFC 3339. */
export type Timestamp = string;

/** Where a decoded message keeps what its schema has no place for: unknown fields, and known ones with a value of a wrong type. */
export const KEPT: unique symbol = Symbol('kept');

/** Where a message keeps a reading of itself that the dump does not spell out: see {@link configOf}. Never printed. */
export const DERIVED: unique symbol = Symbol('derived');

/** What every decoded message is: only its set fields are own keys, in snake_case. */
export interface Message {
  readonly [KEPT]?: Readonly<Record<string, JsonValue>>;
  readonly [DERIVED]?: Any;
}

/**
 * `google.protobuf.Any`. Where the type is known, the message's own fields stand beside `@type`; a type whose JSON is not an object
 * (Duration, Struct, wrappers) stands under `value`. Where it is not known, everything is as the dump has it.
 */
export interface Any extends Message {
  readonly '@type'?: string;
  readonly [field: string]: unknown;
}

/** Milliseconds of a `Duration`; undefined for text that is not one. */
export function durationMs(duration: Duration | undefined): number | undefined {
  const parts = duration === undefined ? null : /^(-?\d+(?:\.\d+)?)s$/.exec(duration);
  return parts ? Number(parts[1]) * 1000 : undefined;
}

/** The message name of an Any by its v3 name: `type.googleapis.com/envoy.x.v3.Y` gives `envoy.x.v3.Y`; '' where there is no `@type`. */
export function anyType(any: { readonly '@type'?: unknown } | undefined): string {
  const url = any?.['@type'];
  return typeof url === 'string' ? canonicalType(url) : '';
}

/**
 * The configuration of a filter or other extension, whichever way the dump spells it: `typed_config` (a TypedStruct is read as the
 * message that it names), or the untyped `config` of old dumps, read by the extension's well-known name.
 */
export function configOf(extension: { readonly typed_config?: Any; readonly [DERIVED]?: Any } | undefined): Any | undefined {
  return extension?.typed_config?.[DERIVED] ?? extension?.typed_config ?? extension?.[DERIVED];
}

/** The type of an extension's configuration: for a TypedStruct, the type that it stands for, known to pc or not. */
export function configType(config: Any | undefined): string {
  const type = anyType(config);
  const inner = type.endsWith('.TypedStruct') ? config?.['type_url'] : undefined;
  return typeof inner === 'string' ? canonicalType(inner) : type;
}
