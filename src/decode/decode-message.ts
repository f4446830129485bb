import type { DumpPath } from '../dump/dump-path.ts';
import { isJsonObject, type JsonObject, type JsonValue, setMember } from '../dump/json-value.ts';
import { isSecretKey } from '../dump/secret-rules.ts';
import { canonicalType } from '../dump/type-name.ts';
import { type Any, DERIVED, KEPT, type Message } from '../model/message.ts';
import { decodeDuration, decodeScalar, expectedScalar, kindOf, nounOf, WRONG } from './decode-scalar.ts';
import { wellKnownConfigType } from './extension-name.ts';
import { enumSchema, type FieldSchema, type FieldType, type MessageSchema, messageSchema } from './schema.ts';

/** Something in a resource that its schema does not allow. The rest of the resource is decoded all the same. */
export interface DecodeIssue {
  readonly path: DumpPath;
  /** `expected a string, found an object`. */
  readonly what: string;
}

/** The key under which an element of a wrong type stands where a list or map of messages needs a message. */
export const MISPLACED = '@misplaced';

/**
 * Reads the proto3 JSON of one message, by the schema under proto/.
 *
 * In: the message's name (v2 names are read as their v3 heirs), its JSON with keys in snake_case or camelCase, its place.
 * Out: a value with only the set fields as own keys, in snake_case: wrappers are plain values, enums names, 64-bit integers text,
 * Duration, Timestamp and bytes text as proto3 JSON writes them; an Any of a known type has its fields beside `@type`.
 * Unknown fields and values of a wrong type stand under `KEPT` and, the latter, among `issues`; a list of messages with an element of a
 * wrong type has an empty message in its place, so that positions stay. Never throws.
 * Source of the rules: https://protobuf.dev/programming-guides/json/; that a single value may stand for a list of one, and an object for
 * a Duration, is what Envoy's parser (google::protobuf::json, legacy syntax) takes from hand-written files.
 */
export function decodeMessage(type: string, json: JsonValue, path: DumpPath, issues: DecodeIssue[]): Message {
  const schema = messageSchema(canonicalType(type));
  if (!isJsonObject(json)) {
    issues.push({ path, what: `expected an object (${type}), found ${nounOf(json)}` });
    return {};
  }
  return schema === undefined ? (json as Message) : new Decoder(path, issues).message(schema, json);
}

/** One field as {@link decodeMessage} reads it; WRONG where there is anything to tell of it. */
export function decodeField(field: FieldSchema, value: JsonValue): unknown {
  const issues: DecodeIssue[] = [];
  const decoded = new Decoder([], issues).field(field, value);
  return issues.length > 0 ? WRONG : decoded;
}

class Decoder {
  private readonly issues: DecodeIssue[];
  /** The place of the value that is being read. */
  private readonly path: (string | number)[];

  constructor(path: DumpPath, issues: DecodeIssue[]) {
    this.path = [...path];
    this.issues = issues;
  }

  message(schema: MessageSchema, json: JsonObject): Message {
    const message: Record<string, unknown> = {};
    let kept: Record<string, JsonValue> | undefined;
    let oneofs: Map<string, string> | undefined;
    for (const key of Object.keys(json)) {
      const value = json[key] as JsonValue;
      const field = schema.byName.get(key);
      let decoded: unknown = WRONG;
      if (field !== undefined && !isUnset(field, value)) {
        this.path.push(key);
        if (Object.hasOwn(message, field.name)) this.issue(`the field ${field.name} stands twice, in two spellings`);
        else decoded = this.field(field, value);
        this.path.pop();
      }
      if (decoded === WRONG || field === undefined) {
        kept ??= {};
        setMember(kept, key, value);
        continue;
      }
      message[field.name] = decoded;
      if (field.oneof === undefined) continue;
      oneofs ??= new Map();
      const other = oneofs.get(field.oneof);
      if (other !== undefined) this.issue(`only one of ${field.oneof} may be set, found ${other} and ${field.name}`);
      oneofs.set(field.oneof, field.name);
    }
    if (kept !== undefined) setMember(message, KEPT, kept);
    if (message['config'] !== undefined) this.deriveConfig(message);
    return message as Message;
  }

  field(field: FieldSchema, value: JsonValue): unknown {
    if (field.mapKey !== undefined) return this.map(field.type, value);
    if (!field.repeated) return this.single(field.type, value);
    // One value stands for a list of it.
    const elements: readonly JsonValue[] = Array.isArray(value) ? value : [value];
    const list: unknown[] = [];
    for (let i = 0; i < elements.length; i++) {
      if (Array.isArray(value)) this.path.push(i);
      const decoded = this.element(field.type, elements[i] as JsonValue);
      if (Array.isArray(value)) this.path.pop();
      // A text or number that is wrong spoils its list: a list without it would say something else.
      if (decoded === WRONG) return WRONG;
      list.push(decoded);
    }
    return list;
  }

  private map(type: FieldType, value: JsonValue): unknown {
    if (!isJsonObject(value)) return this.wrong('an object', value);
    const map: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      this.path.push(key);
      const decoded = this.element(type, value[key] as JsonValue);
      this.path.pop();
      if (decoded === WRONG) return WRONG;
      setMember(map, key, decoded);
    }
    return map;
  }

  /** An element of a list or map. A message of a wrong type leaves an empty one in its place, which keeps what was there. */
  private element(type: FieldType, value: JsonValue): unknown {
    const decoded = this.single(type, value);
    if (decoded !== WRONG || type.kind !== 'message' || (type.name.startsWith('google.protobuf.') && type.name !== ANY)) return decoded;
    return { [KEPT]: { [MISPLACED]: value } };
  }

  private single(type: FieldType, value: JsonValue): unknown {
    switch (type.kind) {
      case 'scalar':
        return this.checked(decodeScalar(type.name, value), expectedScalar(type.name), value);
      case 'enum':
        return this.enumeration(type.name, value);
      case 'message':
        return type.name.startsWith('google.protobuf.') ? this.wellKnown(type.name, value) : this.nested(type.name, value);
    }
  }

  private nested(name: string, value: JsonValue): unknown {
    if (!isJsonObject(value)) return this.wrong('an object', value);
    const schema = messageSchema(name);
    return schema === undefined ? value : this.message(schema, value);
  }

  private enumeration(name: string, value: JsonValue): unknown {
    if (typeof value === 'number' && Number.isInteger(value)) return enumSchema(name)?.names.get(value) ?? value;
    // A name that proto/ does not know is from a newer Envoy: it is kept as it is.
    return typeof value === 'string' ? value : this.wrong('an enum name or number', value);
  }

  private wellKnown(name: string, value: JsonValue): unknown {
    switch (name) {
      case ANY:
        return isJsonObject(value) ? this.any(value) : this.wrong('an object', value);
      case 'google.protobuf.Duration':
        return this.checked(decodeDuration(value), 'a duration such as "1.5s"', value);
      case 'google.protobuf.Timestamp':
      case 'google.protobuf.FieldMask':
        return typeof value === 'string' ? value : this.wrong('text', value);
      case 'google.protobuf.Struct':
      case 'google.protobuf.Empty':
        return isJsonObject(value) ? value : this.wrong('an object', value);
      case 'google.protobuf.ListValue':
        return Array.isArray(value) ? value : this.wrong('a list', value);
      default: {
        const scalar = WRAPPED[name];
        if (scalar === undefined) return value;
        const plain = isJsonObject(value) && Object.hasOwn(value, 'value') ? (value['value'] as JsonValue) : value;
        return this.checked(decodeScalar(scalar, plain), expectedScalar(scalar), value);
      }
    }
  }

  private any(json: JsonObject): unknown {
    const url = json['@type'];
    if (url !== undefined && typeof url !== 'string') this.issue(`expected a type URL under @type, found ${nounOf(url)}`);
    if (typeof url !== 'string') return json;
    const name = canonicalType(url);
    const schema = name.startsWith('google.protobuf.') ? undefined : messageSchema(name);
    if (schema === undefined) return json;
    const { '@type': _, ...fields } = json;
    const message: Record<string, unknown> = { '@type': url };
    Object.assign(message, this.message(schema, fields));
    if (name.endsWith('.TypedStruct')) this.deriveTypedStruct(message);
    return message;
  }

  /** A TypedStruct stands for the message that its type_url names (Envoy: Config::Utility::translateOpaqueConfig). */
  private deriveTypedStruct(typedStruct: Record<string, unknown>): void {
    const url = typedStruct['type_url'];
    const value = typedStruct['value'];
    if (typeof url !== 'string' || !isJsonObject(value) || messageSchema(canonicalType(url)) === undefined) return;
    // What Envoy's API has changed since the struct was written is no fault of the dump.
    setMember(typedStruct, DERIVED, new Decoder([], []).any({ ...value, '@type': url }) as Any);
  }

  /** Old dumps configure extensions by name with an untyped `config`. */
  private deriveConfig(message: Record<string, unknown>): void {
    const config = message['config'];
    const name = message['name'];
    if (typeof name !== 'string' || !isJsonObject(config) || message['typed_config'] !== undefined) return;
    const type = wellKnownConfigType(name);
    if (type === undefined) return;
    this.path.push('config');
    setMember(message, DERIVED, this.any({ ...config, '@type': type }) as Any);
    this.path.pop();
  }

  private checked(decoded: unknown, expected: string, value: JsonValue): unknown {
    return decoded === WRONG ? this.wrong(expected, value) : decoded;
  }

  private wrong(expected: string, found: JsonValue): typeof WRONG {
    // What stands where a secret should may be one.
    const isSecret = this.path.some((step) => typeof step === 'string' && isSecretKey(step));
    this.issue(`expected ${expected}, found ${isSecret ? kindOf(found) : nounOf(found)}`);
    return WRONG;
  }

  private issue(what: string): void {
    this.issues.push({ path: [...this.path], what });
  }
}

const ANY = 'google.protobuf.Any';

/** null means unset, except for google.protobuf.Value, of which it is a value. */
function isUnset(field: FieldSchema, value: JsonValue): boolean {
  return value === null && !(field.type.kind === 'message' && field.type.name === 'google.protobuf.Value');
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
