import { Failure } from '../dump/failure.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../dump/json-value.ts';

/** A field in either spelling of its name. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  const camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return object[name] ?? object[camel];
}

/** A list; empty where it is not there. */
export function listOf(object: JsonObject, name: string, place: string): readonly JsonValue[] {
  const value = member(object, name);
  if (value !== undefined && !Array.isArray(value)) throw wrong(`${name} is not a list`, place);
  return (value ?? []) as readonly JsonValue[];
}

/** The value as an object. */
export function objectOf(value: JsonValue, what: string, place: string): JsonObject {
  if (!isJsonObject(value)) throw wrong(`${what} is not an object`, place);
  return value;
}

/** A text; undefined where it is not there. */
export function textOf(object: JsonObject, name: string, place: string): string | undefined {
  const value = member(object, name);
  if (value !== undefined && typeof value !== 'string') throw wrong(`${name} is not a text`, place);
  return value;
}

/** A whole number. */
export function wholeOf(object: JsonObject, name: string, place: string): bigint {
  const value = member(object, name);
  const text = value instanceof JsonNumber ? value.text : String(value);
  if (!/^\d+$/.test(text)) throw wrong(`${name} is not a whole number`, place);
  return BigInt(text);
}

/** Refuses fields of other names. */
export function allow(object: JsonObject, names: readonly string[], place: string): void {
  const known = new Set(names.flatMap((name) => [name, name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())]));
  const unknown = Object.keys(object).find((key) => !known.has(key));
  if (unknown !== undefined) throw wrong(`there is no field "${unknown}" here; known are ${names.join(', ')}`, place);
}

/** The failure for what is not understood: what it is, and where. */
export function wrong(what: string, place: string): Failure {
  return new Failure({ id: 'PC1023', what, place, next: 'docs/test.md has the form of a test' });
}

/** A list of `key`, `value`. */
export function headerValues(object: JsonObject, name: string, place: string): [string, string][] {
  return listOf(object, name, place).map((entry) => {
    const header = objectOf(entry, name, place);
    allow(header, ['key', 'value', 'field'], place);
    return [textOf(header, 'key', place) ?? textOf(header, 'field', place) ?? '', textOf(header, 'value', place) ?? ''];
  });
}
