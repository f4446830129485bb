import { type FieldSchema, type FieldType, messageSchema } from '../decode/schema.ts';
import { isJsonObject, JsonNumber } from '../dump/json-value.ts';
import { canonicalType } from '../dump/type-name.ts';
import { type Any, DERIVED, KEPT } from '../model/message.ts';
import { listOrder } from './list-order.ts';
import { isDefault, scalarText, snakeKey } from './values.ts';

/**
 * A decoded message as one text that is the same for two messages exactly where they mean the same: keys sorted and in one spelling,
 * proto3 defaults left out, sets sorted. In: the message's type and value. Used to find an element of a list again.
 */
export function canonicalText(type: string, value: unknown): string {
  const schema = messageSchema(canonicalType(type));
  if (schema === undefined || !isJsonObject(value)) return canonicalJson(value, true);
  const parts: string[] = [];
  const derived = (value as { readonly [DERIVED]?: Any })[DERIVED];
  if (derived !== undefined) parts.push(`=${canonicalAny(derived)}`);
  for (const field of schema.fields) {
    if (derived !== undefined && isSpelledOut(field.name)) continue;
    const member: unknown = (value as Record<string, unknown>)[field.name];
    if (member !== undefined && !isDefault(field, member)) parts.push(`${field.name}:${fieldText(schema.name, field, member)}`);
  }
  const kept = (value as { readonly [KEPT]?: object })[KEPT];
  if (kept !== undefined) parts.push(`?:${canonicalJson(kept, true)}`);
  return `{${parts.join(',')}}`;
}

/** The fields whose JSON is read as a message of its own: the untyped `config` of API v2, and the `value` of a TypedStruct. */
export function isSpelledOut(field: string): boolean {
  return field === 'config' || field === 'value';
}

/** The text of one value of a field's type. */
export function canonicalValue(type: FieldType, value: unknown): string {
  if (type.kind !== 'message') return scalarText(value);
  if (type.name === 'google.protobuf.Any') return canonicalAny(value);
  if (type.name.startsWith('google.protobuf.')) return typeof value === 'object' ? canonicalJson(value, false) : scalarText(value, type.name);
  return canonicalText(type.name, value);
}

/** JSON that no schema describes. `loose`: keys are field names in either spelling; else they are data. */
export function canonicalJson(value: unknown, loose: boolean): string {
  if (Array.isArray(value)) return `[${value.map((element) => canonicalJson(element, loose)).join(',')}]`;
  if (!isJsonObject(value)) return scalarText(value instanceof JsonNumber ? value.text : value);
  const members = Object.entries(value).filter(([, member]) => !loose || member !== null);
  const texts = members.map(([key, member]) => `${JSON.stringify(loose ? snakeKey(key) : key)}:${canonicalJson(member, loose)}`);
  return `{${texts.sort().join(',')}}`;
}

function canonicalAny(value: unknown): string {
  if (!isJsonObject(value)) return canonicalJson(value, true);
  const url = value['@type'];
  if (typeof url !== 'string') return canonicalJson(value, true);
  const { '@type': _, ...fields } = value;
  const known = messageSchema(canonicalType(url)) !== undefined;
  return `${canonicalType(url)}${known ? canonicalText(url, value) : canonicalJson(fields, true)}`;
}

function fieldText(message: string, field: FieldSchema, value: unknown): string {
  if (field.mapKey !== undefined) {
    const entries = Object.entries(value as object).map(([key, member]) => `${JSON.stringify(key)}:${canonicalValue(field.type, member)}`);
    return `{${entries.sort().join(',')}}`;
  }
  if (!field.repeated) return canonicalValue(field.type, value);
  const elements = (value as unknown[]).map((element) => canonicalValue(field.type, element));
  return `[${(listOrder(message, field.name).isSet ? elements.sort() : elements).join(',')}]`;
}
