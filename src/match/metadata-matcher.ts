import type { MetadataMatcher, ValueMatcher } from '../model/generated/envoy-api.ts';
import { compileString } from './string-matcher.ts';

export interface CompiledMetadata {
  readonly matches: (stated: Readonly<Record<string, string>>) => boolean;
  readonly describe: string;
  readonly unsupported?: string;
}

/**
 * envoy.type.matcher.v3.MetadataMatcher over what the user stated as `namespace.key=value` (nested keys joined with dots): Envoy
 * itself has no dynamic metadata when it routes for the first time, as no filter has run yet. An absent value fails unless inverted.
 * Source: source/common/common/matchers.cc MetadataMatcher::match.
 */
export function compileMetadata(matcher: MetadataMatcher): CompiledMetadata {
  const key = [matcher.filter ?? '', ...(matcher.path ?? []).map((segment) => segment.key ?? '')].join('.');
  const invert = matcher.invert === true;
  const test = valueTest(matcher.value ?? {});
  if (test === undefined) return { matches: () => false, describe: `metadata ${key}`, unsupported: `the value matcher of metadata ${key}` };
  return { matches: (stated) => test.matches(stated[key]) !== invert, describe: `metadata ${key} ${invert ? 'not ' : ''}${test.describe}` };
}

function valueTest(matcher: ValueMatcher): { readonly matches: (value: string | undefined) => boolean; readonly describe: string } | undefined {
  if (matcher.string_match !== undefined) {
    const test = compileString(matcher.string_match);
    return test.unsupported === undefined ? { matches: (value) => value !== undefined && test.matches(value), describe: test.describe } : undefined;
  }
  if (matcher.present_match !== undefined) {
    const wanted = matcher.present_match;
    return { matches: (value) => wanted && value !== undefined, describe: 'present' };
  }
  if (matcher.bool_match !== undefined) {
    const wanted = String(matcher.bool_match);
    return { matches: (value) => value === wanted, describe: `= ${wanted}` };
  }
  if (matcher.null_match !== undefined) return { matches: () => false, describe: 'null' };
  if (matcher.double_match?.exact !== undefined) {
    const wanted = matcher.double_match.exact;
    return { matches: (value) => value !== undefined && Number(value) === wanted, describe: `= ${wanted}` };
  }
  return undefined;
}
