import { JsonNumber, type JsonValue } from '../dump/json-value.ts';

/** The value that a field holds when it could not be decoded: no JSON value is a symbol. */
export const WRONG: unique symbol = Symbol('wrong');

const INT32 = [-(2 ** 31), 2 ** 31 - 1] as const;
const UINT32 = [0, 2 ** 32 - 1] as const;
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;
const UINT64 = [0n, 2n ** 64n - 1n] as const;

const RANGES_32: Readonly<Record<string, readonly [number, number]>> = { int32: INT32, sint32: INT32, sfixed32: INT32, uint32: UINT32, fixed32: UINT32 };
const RANGES_64: Readonly<Record<string, readonly [bigint, bigint]>> = { int64: INT64, sint64: INT64, sfixed64: INT64, uint64: UINT64, fixed64: UINT64 };

/** What each scalar type asks for, for a message. */
const EXPECTED: Readonly<Record<string, string>> = {
  bool: 'true or false',
  string: 'a string',
  bytes: 'base64 text',
  double: 'a number',
  float: 'a number',
  int32: 'an integer',
  sint32: 'an integer',
  sfixed32: 'an integer',
  uint32: 'an integer from 0 to 4294967295',
  fixed32: 'an integer from 0 to 4294967295',
  int64: 'an integer',
  sint64: 'an integer',
  sfixed64: 'an integer',
  uint64: 'an integer from 0 on',
  fixed64: 'an integer from 0 on',
};

/** What a scalar type asks for: `an integer`. */
export function expectedScalar(type: string): string {
  return EXPECTED[type] ?? 'a value';
}

/**
 * A scalar of proto3 JSON: 64-bit integers become text, other numbers numbers (numbers may come as text), bytes stay base64 text.
 * WRONG where the value is of another type or out of range.
 */
export function decodeScalar(type: string, value: JsonValue): unknown {
  switch (type) {
    case 'string':
    case 'bytes':
      return typeof value === 'string' ? value : WRONG;
    case 'bool':
      return typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : WRONG;
    case 'double':
    case 'float':
      if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
      return numberOf(value) ?? WRONG;
    default:
      return type in RANGES_32 ? integer(value, RANGES_32[type] as readonly [number, number]) : longInteger(value, RANGES_64[type]);
  }
}

function integer(value: JsonValue, [least, most]: readonly [number, number]): unknown {
  const number = numberOf(value);
  return number !== undefined && Number.isInteger(number) && number >= least && number <= most ? number : WRONG;
}

function longInteger(value: JsonValue, range: readonly [bigint, bigint] | undefined): unknown {
  const text = value instanceof JsonNumber ? value.text : typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : value;
  if (typeof text !== 'string' || !/^-?\d{1,20}$/.test(text) || range === undefined) return WRONG;
  // Up to 15 digits always fit.
  if (text.length <= 15 && (range[0] < 0n || text[0] !== '-')) return text;
  const long = BigInt(text);
  return long >= range[0] && long <= range[1] ? text : WRONG;
}

function numberOf(value: JsonValue): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof JsonNumber) return value.valueOf();
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : undefined;
}

const DURATION = /^-?\d+(?:\.\d{1,9})?s$/;

/** A Duration as proto3 JSON has it; an object of seconds and nanos, which Envoy takes in hand-written files, becomes that. */
export function decodeDuration(value: JsonValue): unknown {
  if (typeof value === 'string') return DURATION.test(value) ? value : WRONG;
  const parts = secondsAndNanos(value);
  if (parts === undefined) return WRONG;
  const [seconds, nanos] = parts;
  const sign = seconds < 0n || nanos < 0 ? '-' : '';
  return `${sign}${String(seconds).replace('-', '')}${fraction(Math.abs(nanos))}s`;
}

function secondsAndNanos(value: JsonValue): readonly [seconds: bigint, nanos: number] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof JsonNumber) return undefined;
  const { seconds = 0, nanos = 0, ...others } = value as { readonly [key: string]: JsonValue };
  const whole = decodeScalar('int64', seconds);
  const part = decodeScalar('int32', nanos);
  return typeof whole === 'string' && typeof part === 'number' && Object.keys(others).length === 0 ? [BigInt(whole), part] : undefined;
}

/** Nanoseconds as the fraction of a second, in three, six or nine digits as proto3 JSON writes it; '' for none. */
export function fraction(nanos: number): string {
  if (nanos === 0) return '';
  return `.${String(nanos)
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '')}`;
}

/** The kind of a JSON value as a noun for a message, its content left out: `a text`. */
export function kindOf(value: JsonValue): string {
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' && !(value instanceof JsonNumber) ? nounOf(value) : 'a number, true or false';
}

/** A JSON value as a noun for a message: `the text "abc"`. */
export function nounOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof JsonNumber) return `the number ${value.text.slice(0, 40)}`;
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return `${typeof value === 'string' ? 'the text' : 'the value'} ${text.length > 60 ? `${text.slice(0, 57)}…"` : text}`;
}
