import { JsonNumber, type JsonValue } from '../dump/json-value.ts';

export interface JsonTextOptions {
  /** Blanks for each level; 0 puts everything on one line. */
  readonly indent: number;
  /** The level that the text stands at in what is around it. */
  readonly level?: number;
  /** Writes `<`, `>` and `&` as Go's encoder does, for istioctl's own bytes. */
  readonly asGo?: boolean;
}

/** Writes a value as JSON text. Numbers keep every digit that they were read with, members their order. */
export function jsonText(value: JsonValue | undefined, options: JsonTextOptions): string {
  return write(value, options.indent, options.level ?? 0, options.asGo ?? false);
}

function write(value: JsonValue | undefined, indent: number, level: number, asGo: boolean): string {
  if (typeof value === 'string') return asGo ? goString(value) : JSON.stringify(value);
  if (value === null || value === undefined || typeof value === 'boolean') return String(value ?? null);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  if (value instanceof JsonNumber) return value.text;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const inner = Array.isArray(value)
    ? (value as readonly JsonValue[]).map((element) => write(element, indent, level + 1, asGo))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${asGo ? goString(key) : JSON.stringify(key)}:${indent > 0 ? ' ' : ''}${write(member as JsonValue, indent, level + 1, asGo)}`);
  if (inner.length === 0) return `${open}${close}`;
  if (indent === 0) return `${open}${inner.join(',')}${close}`;
  const pad = ' '.repeat(indent * (level + 1));
  return `${open}\n${inner.map((text) => pad + text).join(',\n')}\n${' '.repeat(indent * level)}${close}`;
}

function goString(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A JSON array written element by element, so that only one is in memory at a time. */
export function* jsonArrayText(elements: Iterable<JsonValue>, options: JsonTextOptions): Generator<string> {
  const pad = ' '.repeat(options.indent);
  let isFirst = true;
  for (const element of elements) {
    yield `${isFirst ? '[\n' : ',\n'}${pad}${jsonText(element, { ...options, level: 1 })}`;
    isFirst = false;
  }
  yield isFirst ? '[]\n' : '\n]\n';
}
