import { isJsonObject, JsonNumber, type JsonValue } from '../dump/json-value.ts';
import type { FractionalPercent, RuntimeFractionalPercent } from '../model/generated/envoy-api.ts';

/** What runtime says of a key; undefined where it does not set it. */
export type RuntimeLookup = (key: string) => JsonValue | undefined;

export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

const DENOMINATORS: Readonly<Record<string, number>> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 };

/** A FractionalPercent as numbers. */
export function fractionOf(percent: FractionalPercent | undefined): Fraction {
  return { numerator: percent?.numerator ?? 0, denominator: DENOMINATORS[String(percent?.denominator ?? 'HUNDRED')] ?? 100 };
}

/**
 * A RuntimeFractionalPercent with its runtime key looked up: a runtime integer counts as percent, a runtime struct as it stands.
 * Source: source/common/runtime/runtime_impl.cc SnapshotImpl::featureEnabled.
 */
export function runtimeFraction(fraction: RuntimeFractionalPercent, runtime: RuntimeLookup): Fraction {
  const override = fraction.runtime_key ? runtime(fraction.runtime_key) : undefined;
  if (isJsonObject(override)) return fractionOf(override as FractionalPercent);
  const number = asNumber(override);
  return number === undefined ? fractionOf(fraction.default_value) : { numerator: number, denominator: 100 };
}

function asNumber(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof JsonNumber) return value.valueOf();
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}
