import { JsonNumber, type JsonValue } from '../dump/json-value.ts';
import type { RuntimeLookup } from './runtime-fraction.ts';

/** Text that is a number, as absl::SimpleAtod takes it: blanks around, a sign, an exponent. */
const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** A runtime key as a whole number; undefined where runtime does not set it to one. Source: runtime_impl.cc SnapshotImpl::getInteger. */
export function runtimeInteger(runtime: RuntimeLookup, key: string): number | undefined {
  return wholeNumber(runtime(key));
}

/**
 * The whole number that Envoy's snapshot holds of a value: numbers, and text that is one, cut off behind the point. What is negative or
 * no number counts as unset. Source: source/common/runtime/runtime_impl.cc setNumberValue, parseEntryDoubleValue.
 */
export function wholeNumber(value: JsonValue | undefined): number | undefined {
  const number = value instanceof JsonNumber ? value.valueOf() : typeof value === 'string' && NUMERIC.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? Math.trunc(number) : undefined;
}
