import type {
  CidrRange,
  IPMatcher,
  ServerNameMatcher,
  TypeMatcher_Matcher,
  TypeMatcher_Matcher_MatcherList_Predicate,
  TypeMatcher_Matcher_OnMatch,
  TypeMatcher_StringMatcher,
  XdsCore_TypedExtensionConfig,
} from '../model/generated/envoy-api.ts';
import { type Any, anyType } from '../model/message.ts';
import { cidrTexts } from './filter-chain-match-text.ts';

/** One way through a matcher tree: what must hold, and the action at its end. */
export interface MatcherLeaf {
  /** From the root down; `else` for a branch that is taken when nothing else matches. */
  readonly conditions: readonly string[];
  readonly action: XdsCore_TypedExtensionConfig;
}

/** Every way through a matcher (`filter_chain_matcher`, a virtual host's `matcher`), in the order of the configuration. */
export function matcherLeaves(matcher: TypeMatcher_Matcher, above: readonly string[] = []): MatcherLeaf[] {
  const leaves: MatcherLeaf[] = [];
  const follow = (condition: string, next: TypeMatcher_Matcher_OnMatch | undefined): void => {
    const conditions = [...above, condition];
    if (next?.action) leaves.push({ conditions, action: next.action });
    if (next?.matcher) leaves.push(...matcherLeaves(next.matcher, conditions));
  };
  for (const { predicate, on_match } of matcher.matcher_list?.matchers ?? []) follow(predicateText(predicate), on_match);
  const tree = matcher.matcher_tree;
  const input = inputName(tree?.input);
  for (const [key, next] of Object.entries(tree?.exact_match_map?.map ?? {})) follow(`${input}: ${key}`, next);
  for (const [key, next] of Object.entries(tree?.prefix_match_map?.map ?? {})) follow(`${input}: ${key}*`, next);
  const custom = tree?.custom_match?.typed_config;
  for (const { label, next } of customBranches(custom)) follow(`${input}: ${label}`, next);
  if (custom !== undefined && customBranches(custom).length === 0) follow(`${input}: ${tree?.custom_match?.name ?? anyType(custom)}`, undefined);
  if (matcher.on_no_match) follow('else', matcher.on_no_match);
  return leaves;
}

/** The name in an action that is a `StringValue`, as filter chain matchers have them; else the action's own name. */
export function actionName(action: XdsCore_TypedExtensionConfig): string {
  const value = (action.typed_config as Any | undefined)?.['value'];
  return typeof value === 'string' ? value : (action.name ?? '');
}

/** The branches of the two matchers by range and by server name that Envoy has for connections. */
function customBranches(custom: Any | undefined): { readonly label: string; readonly next: TypeMatcher_Matcher_OnMatch | undefined }[] {
  const type = anyType(custom);
  if (type.endsWith('.IPMatcher')) {
    const ranges = (custom as IPMatcher).range_matchers ?? [];
    return ranges.map((range) => ({ label: cidrTexts(range.ranges as readonly CidrRange[] | undefined).join(','), next: range.on_match }));
  }
  if (type.endsWith('.ServerNameMatcher')) {
    return ((custom as ServerNameMatcher).domain_matchers ?? []).map((domains) => ({ label: (domains.domains ?? []).join(','), next: domains.on_match }));
  }
  return [];
}

const INPUTS: Readonly<Record<string, string>> = {
  DestinationIPInput: 'Addr',
  DestinationPortInput: 'Port',
  SourceIPInput: 'Source',
  SourcePortInput: 'Source port',
  DirectSourceIPInput: 'Direct source',
  SourceTypeInput: 'Source type',
  ServerNameInput: 'SNI',
  TransportProtocolInput: 'Trans',
  ApplicationProtocolInput: 'App',
};

function inputName(input: XdsCore_TypedExtensionConfig | undefined): string {
  const type = anyType(input?.typed_config);
  const short = type.slice(type.lastIndexOf('.') + 1);
  const config = input?.typed_config as { readonly header_name?: unknown; readonly key?: unknown } | undefined;
  if (typeof config?.header_name === 'string') return `header ${config.header_name}`;
  if (short === 'FilterStateInput' && typeof config?.key === 'string') return `filter state ${config.key}`;
  return INPUTS[short] ?? (short || (input?.name ?? 'input'));
}

function predicateText(predicate: TypeMatcher_Matcher_MatcherList_Predicate | undefined): string {
  if (predicate?.not_matcher) return `not (${predicateText(predicate.not_matcher)})`;
  if (predicate?.and_matcher) return (predicate.and_matcher.predicate ?? []).map(predicateText).join(' and ');
  if (predicate?.or_matcher) return `(${(predicate.or_matcher.predicate ?? []).map(predicateText).join(' or ')})`;
  const single = predicate?.single_predicate;
  const input = inputName(single?.input);
  if (single?.value_match) return `${input}: ${stringMatchText(single.value_match)}`;
  return `${input}: ${single?.custom_match?.name ?? 'a custom match'}`;
}

function stringMatchText(match: TypeMatcher_StringMatcher): string {
  if (match.exact !== undefined) return match.exact;
  if (match.prefix !== undefined) return `${match.prefix}*`;
  if (match.suffix !== undefined) return `*${match.suffix}`;
  if (match.contains !== undefined) return `*${match.contains}*`;
  return match.safe_regex?.regex === undefined ? 'a custom match' : `~${match.safe_regex.regex}`;
}
