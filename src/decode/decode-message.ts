import type { DumpPath } from '../dump/dump-path.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue, setMember } from '../dump/json-value.ts';
import { canonicalType } from '../dump/type-name.ts';
import { type Any, DERIVED, KEPT, type Message } from '../model/message.ts';
import { wellKnownConfigType } from './extension-name.ts';
import { enumSchema, type FieldSchema, type FieldType, type MessageSchema, messageSchema } from './schema.ts';

/** Something in a resource that its schema does not allow. The rest of the resource is decoded all the same. */
export interface DecodeIssue {
  readonly path: DumpPath;
  /** `expected a string, found an object`. */
  readonly what: string;
}

/**
 * Reads the proto3 JSON of one message, by the schema under proto/.
 *
 * In: the message's name (v2 names are read as their v3 heirs), its JSON with keys in snake_case or camelCase, its place.
 * Out: a value with only the set fields as own keys, in snake_case: wrappers are plain values, enums names, 64-bit integers text,
 * Duration, Timestamp and bytes text as proto3 JSON writes them; an Any of a known type has its fields beside `@type`.
 * Unknown fields and values of a wrong type stand under `KEPT` and, the latter, among `issues`. Never throws.
 * Source of the rules: https://protobuf.dev/programming-guides/json/
 */
export function decodeMessage(type: string, json: JsonValue, path: DumpPath, issues: DecodeIssue[]): Message {
  const schema = messageSchema(canonicalType(type));
  if (!isJsonObject(json)) {
    issues.push({ path, what: `expected an object (${type}), found ${nounOf(json)}` });
    return {};
  }
  return schema === undefined ? (json as Message) : new Decoder(issues).message(schema, json, path);
}

/** The value that a field holds when it could not be decoded: no JSON value is a symbol. */
const WRONG: unique symbol = Symbol('wrong');

class Decoder {
  private readonly issues: DecodeIssue[];
  constructor(issues: DecodeIssue[]) {
    this.issues = issues;
  }

  message(schema: MessageSchema, json: JsonObject, path: DumpPath): Message {
    const message: Record<string, unknown> = {};
    let kept: Record<string, JsonValue> | undefined;
    for (const key of Object.keys(json)) {
      const value = json[key] as JsonValue;
      const field = schema.byName.get(key);
      // null means unset (but is a value of google.protobuf.Value); a field given in both key cases is read once.
      const isUnset = value === null && !(field?.type.kind === 'message' && field.type.name === 'google.protobuf.Value');
      const decoded = field === undefined || isUnset || Object.hasOwn(message, field.name) ? WRONG : this.field(field, value, [...path, key]);
      if (decoded !== WRONG && field !== undefined) message[field.name] = decoded;
      else {
        kept ??= {};
        setMember(kept, key, value);
      }
    }
    if (kept !== undefined) setMember(message, KEPT, kept);
    this.deriveConfig(message, path);
    return message as Message;
  }

  private field(field: FieldSchema, value: JsonValue, path: DumpPath): unknown {
    if (field.mapKey !== undefined) {
      if (!isJsonObject(value)) return this.wrong('an object', value, path);
      const map: Record<string, unknown> = {};
      for (const key of Object.keys(value)) {
        const decoded = this.single(field.type, value[key] as JsonValue, [...path, key]);
        if (decoded === WRONG) return WRONG;
        setMember(map, key, decoded);
      }
      return map;
    }
    if (!field.repeated) return this.single(field.type, value, path);
    if (!Array.isArray(value)) return this.wrong('a list', value, path);
    const list: unknown[] = [];
    for (let i = 0; i < value.length; i++) {
      const decoded = this.single(field.type, value[i] as JsonValue, [...path, i]);
      // One bad element spoils the list for matching: its order carries meaning. It is kept whole as it is.
      if (decoded === WRONG) return WRONG;
      list.push(decoded);
    }
    return list;
  }

  private single(type: FieldType, value: JsonValue, path: DumpPath): unknown {
    switch (type.kind) {
      case 'scalar':
        return this.scalar(type.name, value, path);
      case 'enum':
        return this.enumeration(type.name, value, path);
      case 'message':
        return type.name.startsWith('google.protobuf.') ? this.wellKnown(type.name, value, path) : this.nested(type.name, value, path);
    }
  }

  private nested(name: string, value: JsonValue, path: DumpPath): unknown {
    if (!isJsonObject(value)) return this.wrong('an object', value, path);
    const schema = messageSchema(name);
    return schema === undefined ? value : this.message(schema, value, path);
  }

  private scalar(name: string, value: JsonValue, path: DumpPath): unknown {
    switch (name) {
      case 'bool':
        if (typeof value === 'boolean') return value;
        if (value === 'true' || value === 'false') return value === 'true';
        return this.wrong('true or false', value, path);
      case 'string':
        return typeof value === 'string' ? value : this.wrong('a string', value, path);
      case 'bytes':
        return typeof value === 'string' ? value : this.wrong('base64 text', value, path);
      case 'int64':
      case 'uint64':
      case 'sint64':
      case 'fixed64':
      case 'sfixed64':
        return this.integerText(value, path);
      case 'double':
      case 'float': {
        const number = asNumber(value);
        if (number !== undefined) return number;
        if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
        return this.wrong('a number', value, path);
      }
      default: {
        const number = asNumber(value);
        return number !== undefined && Number.isInteger(number) ? number : this.wrong('an integer', value, path);
      }
    }
  }

  /** 64-bit integers are text in proto3 JSON; numbers are taken too. */
  private integerText(value: JsonValue, path: DumpPath): unknown {
    if (value instanceof JsonNumber) return /^-?\d+$/.test(value.text) ? value.text : this.wrong('an integer', value, path);
    if (typeof value === 'number' && Number.isInteger(value)) return String(value);
    return typeof value === 'string' && /^-?\d+$/.test(value) ? value : this.wrong('an integer', value, path);
  }

  private enumeration(name: string, value: JsonValue, path: DumpPath): unknown {
    if (typeof value === 'number' && Number.isInteger(value)) return enumSchema(name)?.names.get(value) ?? value;
    // A name that proto/ does not know is from a newer Envoy: it is kept as it is.
    return typeof value === 'string' ? value : this.wrong('an enum name or number', value, path);
  }

  private wellKnown(name: string, value: JsonValue, path: DumpPath): unknown {
    switch (name) {
      case 'google.protobuf.Any':
        return isJsonObject(value) ? this.any(value, path) : this.wrong('an object', value, path);
      case 'google.protobuf.Duration':
        return typeof value === 'string' && /^-?\d+(\.\d{1,9})?s$/.test(value) ? value : this.wrong('a duration such as "1.5s"', value, path);
      case 'google.protobuf.Timestamp':
      case 'google.protobuf.FieldMask':
        return typeof value === 'string' ? value : this.wrong('text', value, path);
      case 'google.protobuf.Struct':
      case 'google.protobuf.Empty':
        return isJsonObject(value) ? value : this.wrong('an object', value, path);
      case 'google.protobuf.ListValue':
        return Array.isArray(value) ? value : this.wrong('a list', value, path);
      case 'google.protobuf.Value':
        return value;
      default: {
        const scalar = WRAPPED[name];
        if (scalar !== undefined) return this.scalar(scalar, isJsonObject(value) && 'value' in value ? (value['value'] as JsonValue) : value, path);
        return value;
      }
    }
  }

  private any(json: JsonObject, path: DumpPath): unknown {
    const url = json['@type'];
    if (typeof url !== 'string') return json;
    const name = canonicalType(url);
    if (name.startsWith('google.protobuf.')) return json;
    const schema = messageSchema(name);
    if (schema === undefined) return json;
    const { '@type': _, ...fields } = json;
    const message = { '@type': url } as Record<string, unknown>;
    Object.assign(message, this.message(schema, fields, path));
    if (name.endsWith('.TypedStruct')) this.deriveTypedStruct(message, path);
    return message;
  }

  /** A TypedStruct stands for the message that its type_url names (Envoy: Config::Utility::translateOpaqueConfig). */
  private deriveTypedStruct(typedStruct: Record<string, unknown>, path: DumpPath): void {
    const url = typedStruct['type_url'];
    const value = typedStruct['value'];
    if (typeof url !== 'string' || !isJsonObject(value) || messageSchema(canonicalType(url)) === undefined) return;
    setMember(typedStruct, DERIVED, new Decoder([]).any({ ...value, '@type': url }, [...path, 'value']) as Any);
  }

  /** Old dumps configure extensions by name with an untyped `config`. */
  private deriveConfig(message: Record<string, unknown>, path: DumpPath): void {
    const config = message['config'];
    const name = message['name'];
    if (typeof name !== 'string' || !isJsonObject(config) || message['typed_config'] !== undefined) return;
    const type = wellKnownConfigType(name);
    if (type !== undefined) setMember(message, DERIVED, this.any({ ...config, '@type': type }, [...path, 'config']) as Any);
  }

  private wrong(expected: string, found: JsonValue, path: DumpPath): typeof WRONG {
    this.issues.push({ path, what: `expected ${expected}, found ${nounOf(found)}` });
    return WRONG;
  }
}

const WRAPPED: Readonly<Record<string, string>> = {
  'google.protobuf.DoubleValue': 'double',
  'google.protobuf.FloatValue': 'float',
  'google.protobuf.Int64Value': 'int64',
  'google.protobuf.UInt64Value': 'uint64',
  'google.protobuf.Int32Value': 'int32',
  'google.protobuf.UInt32Value': 'uint32',
  'google.protobuf.BoolValue': 'bool',
  'google.protobuf.StringValue': 'string',
  'google.protobuf.BytesValue': 'bytes',
};

function asNumber(value: JsonValue): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof JsonNumber) return value.valueOf();
  if (typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return Number(value);
  return undefined;
}

function nounOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof JsonNumber) return `the number ${value.text}`;
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return `${typeof value === 'string' ? 'the text' : 'the value'} ${text.length > 60 ? `${text.slice(0, 57)}…"` : text}`;
}
