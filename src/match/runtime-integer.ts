import { JsonNumber } from '../dump/json-value.ts';
import type { RuntimeLookup } from './runtime-fraction.ts';

/**
 * A runtime key as a whole number; undefined where runtime does not set it to one. A value that is no number counts as unset.
 * Source: source/common/runtime/runtime_impl.cc SnapshotImpl::getInteger.
 */
export function runtimeInteger(runtime: RuntimeLookup, key: string): number | undefined {
  const value = runtime(key);
  const number =
    typeof value === 'number'
      ? value
      : value instanceof JsonNumber
        ? value.valueOf()
        : typeof value === 'string' && /^\d+$/.test(value)
          ? Number(value)
          : undefined;
  return number === undefined || !Number.isFinite(number) || number < 0 ? undefined : Math.trunc(number);
}
