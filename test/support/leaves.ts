import { isJsonObject, JsonNumber, type JsonValue } from '../../src/dump/json-value.ts';

/**
 * The leaves of a JSON value, each with its path in one key case, as a sorted list of lines: what two spellings of one message share.
 * A 64-bit integer is the same as text or number; keys of free-form values keep their case as far as both sides have the same.
 */
export function leavesOf(value: JsonValue, path = ''): string[] {
  const lines: string[] = [];
  collect(value, path, lines);
  return lines.sort();
}

function collect(value: JsonValue, path: string, lines: string[]): void {
  if (Array.isArray(value)) {
    if (value.length === 0) lines.push(`${path}[] empty`);
    value.forEach((element: JsonValue, i) => void collect(element, `${path}[${i}]`, lines));
  } else if (isJsonObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) lines.push(`${path}{} empty`);
    for (const [key, member] of entries) collect(member, `${path}.${folded(key)}`, lines);
  } else {
    lines.push(`${path} = ${leafText(value)}`);
  }
}

function folded(key: string): string {
  return key
    .replace(/^hidden_envoy_deprecated_/, '')
    .replace(/_([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

function leafText(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'string' ? value : String(value);
}
