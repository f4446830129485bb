import { isJsonObject, type JsonValue } from '../dump/json-value.ts';
import type { FractionalPercent, RuntimeFractionalPercent } from '../model/generated/envoy-api.ts';
import { wholeNumber } from './runtime-integer.ts';

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

/** A RuntimeFractionalPercent with its runtime key looked up. */
export function runtimeFraction(fraction: RuntimeFractionalPercent, runtime: RuntimeLookup): Fraction {
  return fractionByKey(fraction.runtime_key, fractionOf(fraction.default_value), runtime);
}

/**
 * What runtime makes of a fraction: a runtime integer counts as percent, a runtime struct as it stands; else the default holds.
 * Source: source/common/runtime/runtime_impl.cc SnapshotImpl::featureEnabled.
 */
export function fractionByKey(key: string | undefined, byDefault: Fraction, runtime: RuntimeLookup): Fraction {
  const override = key ? runtime(key) : undefined;
  if (isJsonObject(override)) return fractionOf(override as FractionalPercent);
  const percent = wholeNumber(override);
  return percent === undefined ? byDefault : { numerator: percent, denominator: 100 };
}
