import { JsonNumber, type JsonValue } from './json-value.ts';

/** The value as JSON text, a member a line, indented by one space a level as Envoy does it. Numbers keep the digits they were read with. */
export function writeJson(value: JsonValue, indent = ''): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent} `;
  if (Array.isArray(value)) {
    const elements = value.map((element: JsonValue) => `${inner}${writeJson(element, inner)}`);
    return elements.length === 0 ? '[]' : `[\n${elements.join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).map(([key, member]) => `${inner}${JSON.stringify(key)}: ${writeJson(member as JsonValue, inner)}`);
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}
