import type { Reader } from 'protobufjs/minimal.js';
import { JsonNumber, type JsonObject, type JsonValue, setMember } from '../dump/json-value.ts';
import { canonicalType } from '../dump/type-name.ts';
import { fraction } from './decode-scalar.ts';
import { enumSchema, type FieldSchema, type FieldType, type MessageSchema, messageSchema } from './schema.ts';

/** The binary data is not what its type asks for. */
export class WireError extends Error {}

/** protobufjs as far as it is used here: it is loaded only when there is binary data to read. */
export interface WireLibrary {
  readonly Reader: { create(bytes: Uint8Array): Reader };
}

const MAX_DEPTH = 100;
const VARINT = 0,
  FIXED64 = 1,
  BYTES = 2,
  GROUP = 3,
  FIXED32 = 5;

/**
 * Reads binary protobuf as the proto3 JSON that decodeMessage takes, by the schema under proto/; names are the fields' own (snake_case).
 * A field that the schema does not know stands under its number: integers as text, length-delimited data as base64, groups as objects.
 * Source: https://protobuf.dev/programming-guides/encoding/. Throws WireError where the bytes are no such message.
 */
export class WireReader {
  /** How many fields the schemas did not know. */
  unknownFields = 0;
  private readonly library: WireLibrary;
  private readonly utf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

  constructor(library: WireLibrary) {
    this.library = library;
  }

  /** In: the message's name and bytes. Out: its JSON. */
  message(type: string, bytes: Uint8Array, depth = 0): JsonValue {
    if (depth > MAX_DEPTH) throw new WireError('nested too deep');
    const name = canonicalType(type);
    if (name.startsWith('google.protobuf.')) return this.wellKnown(name, bytes, depth);
    const schema = messageSchema(name);
    if (schema === undefined) throw new WireError(`no schema of ${name}`);
    return this.fields(schema, this.library.Reader.create(bytes), depth);
  }

  private fields(schema: Pick<MessageSchema, 'byNumber'>, reader: Reader, depth: number, group?: number): JsonObject {
    const object: Record<string, JsonValue> = {};
    while (reader.pos < reader.len) {
      const tag = guarded(() => reader.uint32());
      const number = tag >>> 3;
      const wire = tag & 7;
      if (wire === 4) {
        if (number !== group) throw new WireError('a group ends that did not begin');
        return object;
      }
      if (number === 0) throw new WireError('field number 0');
      const field = schema.byNumber.get(number);
      if (field === undefined || !fits(field, wire)) this.takeUnknown(object, number, wire, reader, depth);
      else this.take(object, field, wire, reader, depth);
    }
    if (group !== undefined) throw new WireError('a group does not end');
    return object;
  }

  private take(object: Record<string, JsonValue>, field: FieldSchema, wire: number, reader: Reader, depth: number): void {
    if (field.mapKey !== undefined) {
      const [key, value] = this.mapEntry(
        field,
        guarded(() => reader.bytes()),
        depth,
      );
      const map = (object[field.name] ?? {}) as Record<string, JsonValue>;
      setMember(map, key, value);
      object[field.name] = map;
      return;
    }
    if (field.repeated && wire === BYTES && wireOf(field.type) !== BYTES) {
      const packed = this.library.Reader.create(guarded(() => reader.bytes()));
      while (packed.pos < packed.len) append(object, field.name, this.value(field.type, packed, depth));
      return;
    }
    const value = this.value(field.type, reader, depth);
    if (field.repeated) append(object, field.name, value);
    else object[field.name] = value;
  }

  private mapEntry(field: FieldSchema, bytes: Uint8Array, depth: number): [key: string, value: JsonValue] {
    const key: FieldSchema = { ...field, number: 1, name: 'key', mapKey: undefined, repeated: false, type: { kind: 'scalar', name: field.mapKey as string } };
    const value: FieldSchema = { ...field, number: 2, name: 'value', mapKey: undefined, repeated: false };
    const byNumber = new Map([
      [1, key],
      [2, value],
    ]);
    const entry = this.fields({ byNumber }, this.library.Reader.create(bytes), depth + 1);
    const found = entry['value'];
    return [String(entry['key'] ?? ''), found === undefined ? defaultOf(field.type) : found];
  }

  private value(type: FieldType, reader: Reader, depth: number): JsonValue {
    if (type.kind === 'message')
      return this.message(
        type.name,
        guarded(() => reader.bytes()),
        depth + 1,
      );
    if (type.kind === 'enum') {
      const number = guarded(() => reader.int32());
      return enumSchema(type.name)?.names.get(number) ?? number;
    }
    return this.scalar(type.name, reader);
  }

  private scalar(type: string, reader: Reader): JsonValue {
    return guarded(() => {
      switch (type) {
        case 'string':
          return this.text(reader.bytes());
        case 'bytes':
          return base64(reader.bytes());
        case 'bool':
          return reader.bool();
        case 'double':
          return doubleJson(reader.double());
        case 'float':
          return doubleJson(Number(reader.float().toPrecision(8)));
        case 'int64':
        case 'uint64':
        case 'sint64':
        case 'fixed64':
        case 'sfixed64':
          return reader[type]().toString();
        default:
          return reader[type as 'int32' | 'uint32' | 'sint32' | 'fixed32' | 'sfixed32']();
      }
    });
  }

  private text(bytes: Uint8Array): string {
    try {
      return this.utf8.decode(bytes);
    } catch {
      throw new WireError('a text is not UTF-8');
    }
  }

  private takeUnknown(object: Record<string, JsonValue>, number: number, wire: number, reader: Reader, depth: number): void {
    this.unknownFields++;
    const value = guarded((): JsonValue => {
      switch (wire) {
        case VARINT:
          return reader.uint64().toString();
        case FIXED64:
          return reader.fixed64().toString();
        case FIXED32:
          return String(reader.fixed32());
        case BYTES:
          return base64(reader.bytes());
        case GROUP:
          if (depth > MAX_DEPTH) throw new WireError('nested too deep');
          return this.fields({ byNumber: new Map() }, reader, depth + 1, number);
        default:
          throw new WireError(`wire type ${wire}`);
      }
    });
    const key = String(number);
    const before = object[key];
    object[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }

  private wellKnown(name: string, bytes: Uint8Array, depth: number): JsonValue {
    const parts = this.fields({ byNumber: WELL_KNOWN[name] ?? new Map() }, this.library.Reader.create(bytes), depth);
    switch (name) {
      case 'google.protobuf.Any':
        return this.any(parts, depth);
      case 'google.protobuf.Duration':
        return duration(parts);
      case 'google.protobuf.Timestamp':
        return timestamp(parts);
      case 'google.protobuf.FieldMask':
        return ((parts['paths'] ?? []) as string[]).join(',');
      case 'google.protobuf.Struct':
        return parts['fields'] ?? {};
      case 'google.protobuf.ListValue':
        return parts['values'] ?? [];
      case 'google.protobuf.Value':
        return structValue(parts);
      case 'google.protobuf.Empty':
        return parts;
      default:
        return parts['value'] ?? defaultOf(WELL_KNOWN[name]?.get(1)?.type);
    }
  }

  /** An Any of a type that proto/ does not hold keeps its bytes as base64 under `value`. */
  private any(parts: JsonObject, depth: number): JsonObject {
    const url = typeof parts['type_url'] === 'string' ? parts['type_url'] : '';
    const packed = typeof parts['value'] === 'string' ? parts['value'] : '';
    if (url === '') return packed === '' ? {} : { value: packed };
    const name = canonicalType(url);
    const isWellKnown = name.startsWith('google.protobuf.');
    if (isWellKnown ? WELL_KNOWN[name] === undefined : messageSchema(name) === undefined) return { '@type': url, value: packed };
    const inner = this.message(name, fromBase64(packed), depth + 1);
    return isWellKnown && name !== 'google.protobuf.Any' ? { '@type': url, value: inner } : { '@type': url, ...(inner as JsonObject) };
  }
}

/** Runs one step of the reader: what protobufjs throws is an error of the bytes. */
function guarded<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError(error instanceof Error ? error.message : String(error));
  }
}

function wireOf(type: FieldType): number {
  if (type.kind === 'message') return BYTES;
  if (type.kind === 'enum') return VARINT;
  if (type.name === 'string' || type.name === 'bytes') return BYTES;
  if (type.name === 'double' || type.name.endsWith('fixed64')) return FIXED64;
  return type.name === 'float' || type.name.endsWith('fixed32') ? FIXED32 : VARINT;
}

function fits(field: FieldSchema, wire: number): boolean {
  if (field.mapKey !== undefined) return wire === BYTES;
  return wire === wireOf(field.type) || (field.repeated && wire === BYTES);
}

function append(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  const list = object[name];
  if (Array.isArray(list)) list.push(value);
  else object[name] = [value];
}

function defaultOf(type: FieldType | undefined): JsonValue {
  if (type === undefined || type.kind === 'message') return {};
  if (type.kind === 'enum') return enumSchema(type.name)?.names.get(0) ?? 0;
  if (type.name === 'string' || type.name === 'bytes') return '';
  return type.name === 'bool' ? false : /64$/.test(type.name) ? '0' : 0;
}

function doubleJson(value: number): JsonValue {
  return Number.isFinite(value) ? value : Object.is(value, -0) ? new JsonNumber('-0') : String(value);
}

function duration(parts: JsonObject): string {
  const seconds = String(parts['seconds'] ?? '0');
  const nanos = Number(parts['nanos'] ?? 0);
  return `${nanos < 0 && !seconds.startsWith('-') ? '-' : ''}${seconds}${fraction(Math.abs(nanos))}s`;
}

function timestamp(parts: JsonObject): string {
  const time = new Date(Number(parts['seconds'] ?? 0) * 1000);
  if (Number.isNaN(time.getTime())) throw new WireError('a time is out of range');
  return `${time.toISOString().slice(0, 19)}${fraction(Number(parts['nanos'] ?? 0))}Z`;
}

function structValue(parts: JsonObject): JsonValue {
  for (const kind of ['number_value', 'string_value', 'bool_value', 'struct_value', 'list_value']) {
    const value = parts[kind];
    if (value !== undefined) return value;
  }
  return null;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

const scalar = (number: number, name: string, type: string, repeated = false): [number, FieldSchema] => [
  number,
  { number, name, jsonName: name, repeated, mapKey: undefined, type: { kind: 'scalar', name: type }, oneof: undefined },
];
const nested = (number: number, name: string, type: string, repeated = false, mapKey?: string): [number, FieldSchema] => [
  number,
  { number, name, jsonName: name, repeated, mapKey, type: { kind: 'message', name: `google.protobuf.${type}` }, oneof: undefined },
];
const wrapper = (type: string): ReadonlyMap<number, FieldSchema> => new Map([scalar(1, 'value', type)]);

/** The messages of google/protobuf/*.proto, which proto/ takes for granted. */
const WELL_KNOWN: Readonly<Record<string, ReadonlyMap<number, FieldSchema>>> = {
  'google.protobuf.Any': new Map([scalar(1, 'type_url', 'string'), scalar(2, 'value', 'bytes')]),
  'google.protobuf.Duration': new Map([scalar(1, 'seconds', 'int64'), scalar(2, 'nanos', 'int32')]),
  'google.protobuf.Timestamp': new Map([scalar(1, 'seconds', 'int64'), scalar(2, 'nanos', 'int32')]),
  'google.protobuf.FieldMask': new Map([scalar(1, 'paths', 'string', true)]),
  'google.protobuf.Empty': new Map(),
  'google.protobuf.Struct': new Map([nested(1, 'fields', 'Value', false, 'string')]),
  'google.protobuf.ListValue': new Map([nested(1, 'values', 'Value', true)]),
  'google.protobuf.Value': new Map([
    scalar(1, 'null_value', 'int32'),
    scalar(2, 'number_value', 'double'),
    scalar(3, 'string_value', 'string'),
    scalar(4, 'bool_value', 'bool'),
    nested(5, 'struct_value', 'Struct'),
    nested(6, 'list_value', 'ListValue'),
  ]),
  'google.protobuf.DoubleValue': wrapper('double'),
  'google.protobuf.FloatValue': wrapper('float'),
  'google.protobuf.Int64Value': wrapper('int64'),
  'google.protobuf.UInt64Value': wrapper('uint64'),
  'google.protobuf.Int32Value': wrapper('int32'),
  'google.protobuf.UInt32Value': wrapper('uint32'),
  'google.protobuf.BoolValue': wrapper('bool'),
  'google.protobuf.StringValue': wrapper('string'),
  'google.protobuf.BytesValue': wrapper('bytes'),
};
