import type { DumpPath } from '../dump/dump-path.ts';
import type {
  Matcher,
  Matcher_MatcherList_FieldMatcher,
  Matcher_MatcherTree,
  TypedExtensionConfig,
  TypeMatcher_Matcher,
} from '../model/generated/envoy-api.ts';
import { inputValue, type MatcherInputs } from './matcher-input.ts';
import { testPredicate } from './matcher-predicate.ts';
import { customChildren, type MatcherChild } from './matcher-tree-custom.ts';

export type { InputValue, MatcherInputs } from './matcher-input.ts';

export type MatcherResult =
  | { readonly kind: 'match'; readonly action: TypedExtensionConfig; readonly path: DumpPath }
  | { readonly kind: 'no match' }
  | { readonly kind: 'unavailable'; readonly what: string; readonly path: DumpPath };

const NO_MATCH: MatcherResult = { kind: 'no match' };

/**
 * The unified matcher API (`xds.type.matcher.v3.Matcher`, and Envoy's older copy of it). A branch whose nested matcher finds nothing, or
 * that says keep_matching, counts as no match: the next list entry, the next shorter prefix, the next wider range is tried, and then
 * on_no_match of this level. An input that is absent goes to on_no_match of a tree, and fails a predicate.
 * Source: envoy/matcher/matcher.h MatchTree::handleRecursionAndSkips; source/common/matcher/{list,map,exact_map,prefix_map}_matcher.h.
 * In: the matcher, its place, and the inputs. Out: the action and its place. Pure.
 */
export function evaluateMatcher(matcher: Matcher | TypeMatcher_Matcher, path: DumpPath, inputs: MatcherInputs): MatcherResult {
  // The two generations of the API differ in their package only.
  const { matcher_list: list, matcher_tree: tree, on_no_match: otherwise } = matcher as Matcher;
  const result =
    tree !== undefined
      ? evaluateTree(tree, [...path, 'matcher_tree'], inputs)
      : evaluateList(list?.matchers ?? [], [...path, 'matcher_list', 'matchers'], inputs);
  if (result.kind !== 'no match' || otherwise === undefined) return result;
  return follow({ on: otherwise, at: [...path, 'on_no_match'] }, inputs);
}

function evaluateList(matchers: readonly Matcher_MatcherList_FieldMatcher[], path: DumpPath, inputs: MatcherInputs): MatcherResult {
  for (const [i, { predicate, on_match: on = {} }] of matchers.entries()) {
    const test = testPredicate(predicate, [...path, i, 'predicate'], inputs);
    if (typeof test === 'object') return { kind: 'unavailable', what: test.unavailable, path: test.path };
    const result = test ? follow({ on, at: [...path, i, 'on_match'] }, inputs) : NO_MATCH;
    if (result.kind !== 'no match') return result;
  }
  return NO_MATCH;
}

function evaluateTree(tree: Matcher_MatcherTree, path: DumpPath, inputs: MatcherInputs): MatcherResult {
  const children = childrenOf(tree, path, inputs);
  if ('unavailable' in children) return { kind: 'unavailable', what: children.unavailable, path };
  for (const child of children) {
    const result = follow(child, inputs);
    if (result.kind !== 'no match') return result;
  }
  return NO_MATCH;
}

function childrenOf(tree: Matcher_MatcherTree, path: DumpPath, inputs: MatcherInputs): readonly MatcherChild[] | { readonly unavailable: string } {
  const value = inputValue(tree.input, inputs);
  if (value === null) return [];
  if (typeof value === 'object') return value;
  if (tree.exact_match_map !== undefined) {
    const map = tree.exact_match_map.map ?? {};
    const on = Object.hasOwn(map, value) ? map[value] : undefined;
    return on === undefined ? [] : [{ on, at: [...path, 'exact_match_map', 'map', value] }];
  }
  if (tree.prefix_match_map !== undefined) {
    return Object.entries(tree.prefix_match_map.map ?? {})
      .filter(([prefix]) => value.startsWith(prefix))
      .sort(([a], [b]) => b.length - a.length)
      .map(([prefix, on]) => ({ on, at: [...path, 'prefix_match_map', 'map', prefix] }));
  }
  return customChildren(tree.custom_match, value, [...path, 'custom_match', 'typed_config']);
}

/** What a chosen branch leads to. */
function follow({ on, at }: MatcherChild, inputs: MatcherInputs): MatcherResult {
  const result: MatcherResult =
    on.matcher !== undefined
      ? evaluateMatcher(on.matcher, [...at, 'matcher'], inputs)
      : on.action !== undefined
        ? { kind: 'match', action: on.action, path: [...at, 'action'] }
        : NO_MATCH;
  return on.keep_matching === true && result.kind === 'match' ? NO_MATCH : result;
}
