import { describe, expect, test } from 'vitest';
import { evaluateMatcher, type MatcherInputs } from '../../src/match/matcher-tree.ts';
import type { Matcher, Matcher_OnMatch as OnMatch, Matcher_MatcherList_Predicate as Predicate } from '../../src/model/generated/envoy-api.ts';

const input = (name: string) => ({ name, typed_config: { '@type': `type.googleapis.com/${name}` } });
const action = (name: string): OnMatch => ({ action: { name } });
const nested = (matcher: Matcher): OnMatch => ({ matcher });
const exactMap = (of: string, map: Record<string, OnMatch>, otherwise?: OnMatch): Matcher => ({
  matcher_tree: { input: input(of), exact_match_map: { map } },
  ...(otherwise === undefined ? {} : { on_no_match: otherwise }),
});
const prefixMap = (of: string, map: Record<string, OnMatch>): Matcher => ({ matcher_tree: { input: input(of), prefix_match_map: { map } } });
const custom = (of: string, type: string, config: object): Matcher => ({
  matcher_tree: { input: input(of), custom_match: { name: type, typed_config: { '@type': `type.googleapis.com/${type}`, ...config } } },
});
const list = (...matchers: readonly (readonly [Predicate, OnMatch])[]): Matcher => ({
  matcher_list: { matchers: matchers.map(([predicate, on_match]) => ({ predicate, on_match })) },
});
const is = (of: string, exact: string): Predicate => ({ single_predicate: { input: input(of), value_match: { exact } } });

/** The name of the action that a matcher comes to. */
function result(matcher: Matcher, values: Readonly<Record<string, string>>): string {
  const inputs: MatcherInputs = (type) => (type === 'hidden' ? { unavailable: 'hidden' } : (values[type] ?? null));
  const found = evaluateMatcher(matcher, [], inputs);
  return found.kind === 'match' ? (found.action.name ?? '') : found.kind;
}

describe('trees', () => {
  test('an exact map takes its value, and else on_no_match', () => {
    const matcher = exactMap('port', { '80': action('eighty') }, action('other'));
    expect(result(matcher, { port: '80' })).toBe('eighty');
    expect(result(matcher, { port: '81' })).toBe('other');
  });

  test('keys of a map are data: a value named like an object’s own members is not found', () => {
    expect(result(exactMap('sni', {}), { sni: 'constructor' })).toBe('no match');
  });

  test('an absent input goes to on_no_match', () => {
    expect(result(exactMap('sni', { '': action('empty') }, action('other')), {})).toBe('other');
  });

  test('a nested matcher that finds nothing falls to on_no_match of its parent', () => {
    const matcher = exactMap('port', { '80': nested(exactMap('sni', { 'a.com': action('a') })) }, action('other'));
    expect(result(matcher, { port: '80', sni: 'a.com' })).toBe('a');
    expect(result(matcher, { port: '80', sni: 'b.com' })).toBe('other');
  });

  test('on_no_match of the nested matcher comes before that of its parent', () => {
    const matcher = exactMap('port', { '80': nested(exactMap('sni', {}, action('inner'))) }, action('outer'));
    expect(result(matcher, { port: '80', sni: 'b.com' })).toBe('inner');
  });

  test('a prefix map takes the longest prefix, and a shorter one where the nested matcher finds nothing', () => {
    const matcher = prefixMap('path', { '/': action('root'), '/api': action('api'), '/api/v1': nested(exactMap('sni', { 'a.com': action('v1') })) });
    expect(result(matcher, { path: '/api/v1/x', sni: 'a.com' })).toBe('v1');
    expect(result(matcher, { path: '/api/v1/x', sni: 'b.com' })).toBe('api');
    expect(result(matcher, { path: '/x' })).toBe('root');
  });

  test('keep_matching goes on as if the branch had not matched', () => {
    const matcher = exactMap('port', { '80': { ...action('kept'), keep_matching: true } }, action('other'));
    expect(result(matcher, { port: '80' })).toBe('other');
  });

  test('an IP matcher takes the longest range, then wider ones, and an exclusive one only as the longest', () => {
    const ranges = (exclusive: boolean) =>
      custom('ip', 'xds.type.matcher.v3.IPMatcher', {
        range_matchers: [
          { ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }], on_match: action('wide'), exclusive },
          { ranges: [{ address_prefix: '10.1.0.0', prefix_len: 16 }], on_match: nested(exactMap('sni', { 'a.com': action('narrow') })) },
        ],
      });
    expect(result(ranges(false), { ip: '10.1.2.3', sni: 'a.com' })).toBe('narrow');
    expect(result(ranges(false), { ip: '10.1.2.3', sni: 'b.com' })).toBe('wide');
    expect(result(ranges(true), { ip: '10.1.2.3', sni: 'b.com' })).toBe('no match');
    expect(result(ranges(true), { ip: '10.2.2.3' })).toBe('wide');
    expect(result(ranges(false), { ip: '11.2.2.3' })).toBe('no match');
  });

  test('a domain matcher takes the exact domain, then the longest suffix, then the star', () => {
    const matcher = custom('sni', 'xds.type.matcher.v3.ServerNameMatcher', {
      domain_matchers: [
        { domains: ['*'], on_match: action('star') },
        { domains: ['*.com'], on_match: action('com') },
        { domains: ['*.a.com'], on_match: action('a.com') },
        { domains: ['x.a.com'], on_match: action('exact') },
      ],
    });
    expect(['x.a.com', 'y.a.com', 'a.com', 'b.org'].map((sni) => result(matcher, { sni }))).toEqual(['exact', 'a.com', 'com', 'star']);
  });
});

describe('lists', () => {
  test('the first matching predicate wins', () => {
    const matcher = list([is('sni', 'a.com'), action('first')], [is('port', '80'), action('second')]);
    expect(result(matcher, { sni: 'a.com', port: '80' })).toBe('first');
    expect(result(matcher, { port: '80' })).toBe('second');
  });

  test('and, or, not', () => {
    const both: Predicate = { and_matcher: { predicate: [is('sni', 'a.com'), is('port', '80')] } };
    const either: Predicate = { or_matcher: { predicate: [is('sni', 'a.com'), is('port', '80')] } };
    const neither: Predicate = { not_matcher: either };
    const matcher = list([both, action('both')], [either, action('either')], [neither, action('neither')]);
    expect(result(matcher, { sni: 'a.com', port: '80' })).toBe('both');
    expect(result(matcher, { port: '80' })).toBe('either');
    expect(result(matcher, {})).toBe('neither');
  });

  test('an absent input fails a predicate, and satisfies its negation', () => {
    expect(result(list([{ not_matcher: is('sni', 'a.com') }, action('not')]), {})).toBe('not');
  });
});

describe('what a dump cannot tell', () => {
  test('an input that is not known makes the result unknown', () => {
    expect(result(exactMap('hidden', { a: action('a') }), {})).toBe('unavailable');
  });

  test('a predicate that decides before it is met is enough', () => {
    const matcher = list([{ or_matcher: { predicate: [is('port', '80'), is('hidden', 'x')] } }, action('found')]);
    expect(result(matcher, { port: '80' })).toBe('found');
    expect(result(matcher, { port: '81' })).toBe('unavailable');
  });

  test('a matcher that pc does not model is unknown, not a miss', () => {
    expect(result(custom('sni', 'some.Matcher', {}), { sni: 'a' })).toBe('unavailable');
  });
});
