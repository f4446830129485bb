import type { StringMatcher } from '../model/generated/envoy-api.ts';
import { compileRegex } from './regex.ts';

/** A compiled StringMatcher. `unsupported` names what pc does not model in it; then `matches` must not be asked. */
export interface CompiledString {
  readonly matches: (text: string) => boolean;
  readonly describe: string;
  readonly unsupported?: string;
}

/**
 * envoy.type.matcher.v3.StringMatcher: exact, prefix, suffix, contains (all of them folded by ignore_case) or a regex over the whole
 * text (never folded). Source: source/common/common/matchers.h StringMatcherImpl.
 */
export function compileString(matcher: StringMatcher): CompiledString {
  const fold = matcher.ignore_case === true;
  const norm = (text: string): string => (fold ? asciiLower(text) : text);
  if (matcher.exact !== undefined) {
    const value = norm(matcher.exact);
    return { matches: (text) => norm(text) === value, describe: `= ${JSON.stringify(matcher.exact)}` };
  }
  if (matcher.prefix !== undefined) {
    const value = norm(matcher.prefix);
    return { matches: (text) => norm(text).startsWith(value), describe: `starts with ${JSON.stringify(matcher.prefix)}` };
  }
  if (matcher.suffix !== undefined) {
    const value = norm(matcher.suffix);
    return { matches: (text) => norm(text).endsWith(value), describe: `ends with ${JSON.stringify(matcher.suffix)}` };
  }
  if (matcher.contains !== undefined) {
    const value = norm(matcher.contains);
    return { matches: (text) => norm(text).includes(value), describe: `contains ${JSON.stringify(matcher.contains)}` };
  }
  if (matcher.safe_regex !== undefined) return compileRegexMatcher(matcher.safe_regex.regex ?? '');
  return { matches: () => false, describe: 'unknown string matcher', unsupported: 'a string matcher of an unknown kind' };
}

/** A regex over the whole text. */
export function compileRegexMatcher(source: string): CompiledString {
  const regex = compileRegex(source);
  const describe = `~ ${source}`;
  return regex === undefined ? { matches: () => false, describe, unsupported: `the regex ${source}` } : { matches: (text) => regex.matchesAll(text), describe };
}

/** Envoy folds ASCII only. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
