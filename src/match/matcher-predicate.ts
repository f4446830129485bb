import type { DumpPath } from '../dump/dump-path.ts';
import type { Matcher_MatcherList_Predicate, Matcher_MatcherList_Predicate_SinglePredicate } from '../model/generated/envoy-api.ts';
import { type Any, anyType } from '../model/message.ts';
import { isInCidr } from './cidr.ts';
import { inputValue, type MatcherInputs } from './matcher-input.ts';
import { compileString } from './string-matcher.ts';

/** What a predicate says, or why a dump cannot tell. */
export type Tested = boolean | { readonly unavailable: string; readonly path: DumpPath };

/**
 * A predicate of a matcher list: one input against one string matcher, or and / or / not over predicates. An absent input fails (and
 * so satisfies `not`); `and` and `or` stop at the first predicate that decides.
 * Source: source/common/matcher/field_matcher.h SingleFieldMatcher, AllFieldMatcher, AnyFieldMatcher, NotFieldMatcher.
 */
export function testPredicate(predicate: Matcher_MatcherList_Predicate | undefined, path: DumpPath, inputs: MatcherInputs): Tested {
  if (predicate?.single_predicate !== undefined) return testSingle(predicate.single_predicate, [...path, 'single_predicate'], inputs);
  if (predicate?.not_matcher !== undefined) {
    const inner = testPredicate(predicate.not_matcher, [...path, 'not_matcher'], inputs);
    return typeof inner === 'boolean' ? !inner : inner;
  }
  if (predicate?.and_matcher !== undefined) return testAll(predicate.and_matcher.predicate ?? [], [...path, 'and_matcher', 'predicate'], inputs, false);
  if (predicate?.or_matcher !== undefined) return testAll(predicate.or_matcher.predicate ?? [], [...path, 'or_matcher', 'predicate'], inputs, true);
  return { unavailable: 'a predicate of an unknown kind', path };
}

/** `and` ends at the first false, `or` at the first true; an input that is not known ends the evaluation, as it does in Envoy. */
function testAll(predicates: readonly Matcher_MatcherList_Predicate[], path: DumpPath, inputs: MatcherInputs, decisive: boolean): Tested {
  for (const [i, predicate] of predicates.entries()) {
    const result = testPredicate(predicate, [...path, i], inputs);
    if (result === decisive || typeof result !== 'boolean') return result;
  }
  return !decisive;
}

const IP_INPUT_MATCHER = 'envoy.extensions.matching.input_matchers.ip.v3.Ip';

function testSingle(single: Matcher_MatcherList_Predicate_SinglePredicate, path: DumpPath, inputs: MatcherInputs): Tested {
  const value = inputValue(single.input, inputs);
  if (typeof value === 'object' && value !== null) return { unavailable: value.unavailable, path: [...path, 'input'] };
  if (single.value_match !== undefined) {
    const test = compileString(single.value_match);
    if (test.unsupported !== undefined) return { unavailable: test.unsupported, path: [...path, 'value_match'] };
    return value !== null && test.matches(value);
  }
  const custom = single.custom_match?.typed_config;
  if (anyType(custom) === IP_INPUT_MATCHER) return value !== null && ipRanges(custom).some((range) => isInCidr(value, range));
  return { unavailable: `the matcher ${anyType(custom) || (single.custom_match?.name ?? 'without a type')}`, path: [...path, 'custom_match'] };
}

function ipRanges(config: Any | undefined): readonly { readonly address_prefix?: string; readonly prefix_len?: number }[] {
  return (config?.['cidr_ranges'] as readonly { readonly address_prefix?: string }[] | undefined) ?? [];
}
