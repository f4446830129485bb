import { enumSchema, type FieldSchema } from '../decode/schema.ts';
import { JsonNumber } from '../dump/json-value.ts';

/** Whether a set field means what an absent one means: an empty list or map, or a scalar without presence that has proto3's default. */
export function isDefault(field: FieldSchema, value: unknown): boolean {
  if (field.repeated) return Array.isArray(value) && value.length === 0;
  if (field.mapKey !== undefined) return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  // In a oneof the field that is set says which one is meant; messages and wrappers have presence of their own.
  if (field.oneof !== undefined || field.type.kind === 'message') return false;
  if (field.type.kind === 'enum') return value === 0 || value === enumSchema(field.type.name)?.names.get(0);
  return value === 0 || value === '' || value === false || value === '0';
}

/** A scalar as a text that is the same for equal values. In: the value, and the well-known type where it is one. */
export function scalarText(value: unknown, type?: string): string {
  if (type === 'google.protobuf.Duration' && typeof value === 'string') return `"${durationText(value)}"`;
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'number' ? String(value) : JSON.stringify(value ?? null);
}

/** `15.000s` is `15s`. */
export function durationText(duration: string): string {
  return duration.replace(/(\.\d*?)0+s$/, '$1s').replace(/\.s$/, 's');
}

/** A field's name in one spelling: `maxAge` and `max_age`. Names that hold anything but letters, digits and underscores are left alone. */
export function snakeKey(key: string): string {
  return /^[a-z][A-Za-z0-9_]*$/.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
}
