import { isJsonObject, type JsonObject, type JsonValue, setMember } from '../dump/json-value.ts';
import { canonicalType } from '../dump/type-name.ts';
import { KEPT, type Message } from '../model/message.ts';
import { type FieldSchema, type FieldType, messageSchema } from './schema.ts';

/**
 * Writes a decoded message as proto3 JSON: lowerCamelCase names in the order of the .proto file, what the schema does not know last
 * and as the dump had it. The inverse of decodeMessage; nothing that was read is left out.
 */
export function encodeMessage(type: string, message: Message): JsonObject {
  const schema = messageSchema(canonicalType(type));
  if (schema === undefined) return message as JsonObject;
  const json: Record<string, JsonValue> = {};
  for (const field of schema.fields) {
    const value = (message as Record<string, unknown>)[field.name];
    if (value !== undefined) json[field.jsonName] = encodeField(field, value);
  }
  for (const [key, value] of Object.entries(message[KEPT] ?? {})) {
    // A field that was given in both spellings comes out in both.
    setMember(json, Object.hasOwn(json, key) ? (schema.byName.get(key)?.name ?? key) : key, value);
  }
  return json;
}

export function encodeField(field: FieldSchema, value: unknown): JsonValue {
  if (field.repeated) return (value as unknown[]).map((element) => encodeSingle(field.type, element));
  if (field.mapKey === undefined) return encodeSingle(field.type, value);
  const map: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value as object)) setMember(map, key, encodeSingle(field.type, member));
  return map;
}

export function encodeSingle(type: FieldType, value: unknown): JsonValue {
  if (type.kind !== 'message') return typeof value === 'number' && !Number.isFinite(value) ? String(value) : (value as JsonValue);
  if (type.name === 'google.protobuf.Any') return encodeAny(value as JsonObject);
  if (type.name.startsWith('google.protobuf.') || !isJsonObject(value)) return value as JsonValue;
  return encodeMessage(type.name, value as Message);
}

function encodeAny(any: JsonObject): JsonObject {
  const url = any['@type'];
  if (typeof url !== 'string' || messageSchema(canonicalType(url)) === undefined) return any;
  return { '@type': url, ...encodeMessage(url, any as Message) };
}
