import { describe, expect, test } from 'vitest';
import { compileHeader, parseInt64 } from '../../src/match/header-matcher.ts';
import { requestHeaders } from '../../src/match/request-headers.ts';
import type { HeaderMatcher } from '../../src/model/generated/envoy-api.ts';

const matches = (matcher: HeaderMatcher, ...values: string[]): boolean =>
  compileHeader({ name: 'X-H', ...matcher }).matches(requestHeaders(values.map((value) => ['x-h', value] as const)));

describe('header matchers', () => {
  test.each<[HeaderMatcher, readonly string[], boolean]>([
    [{ string_match: { exact: 'a' } }, ['a'], true],
    [{ string_match: { exact: 'a' } }, ['b', 'a'], true],
    [{ string_match: { exact: 'a' } }, [], false],
    [{ string_match: { exact: 'a' }, invert_match: true }, ['b'], true],
    [{ string_match: { exact: 'a' }, invert_match: true }, ['a', 'b'], false],
    [{ string_match: { exact: 'a' }, invert_match: true }, [], false],
    [{ exact_match: 'a' }, ['a'], true],
    [{ prefix_match: 'a' }, ['ab'], true],
    [{ suffix_match: 'b' }, ['ab'], true],
    [{ contains_match: 'b' }, ['abc'], true],
    [{ safe_regex_match: { regex: 'a+' } }, ['aa'], true],
    [{ range_match: { start: '1', end: '3' } }, ['2'], true],
    [{ range_match: { start: '1', end: '3' } }, ['3'], false],
    [{ present_match: true }, [''], true],
    [{ present_match: false }, [], true],
    [{}, ['a'], true],
  ])('%j and %j: %s', (matcher, values, expected) => {
    expect(matches(matcher, ...values)).toBe(expected);
  });

  test('values are joined where the runtime guard says so', () => {
    const headers = requestHeaders([
      ['x-h', 'a'],
      ['x-h', 'b'],
    ]);
    expect(compileHeader({ name: 'x-h', string_match: { exact: 'a,b' } }, true).matches(headers)).toBe(true);
  });

  test('says what it asks, for people', () => {
    expect(compileHeader({ name: 'X-H', string_match: { prefix: 'a' }, invert_match: true }).describe).toBe('header x-h not starts with "a"');
    expect(compileHeader({ name: 'X-H', present_match: false }).describe).toBe('header x-h absent');
  });

  test('names the header whose value no dump shows, where it asks for the value', () => {
    const headers = requestHeaders([['x-request-id', '']], new Set(['x-request-id']));
    expect(compileHeader({ name: 'x-request-id', string_match: { exact: 'a' } }).unknownIn(headers)).toBe('x-request-id');
    expect(compileHeader({ name: 'x-request-id', present_match: true }).unknownIn(headers)).toBeUndefined();
  });
});

test.each([
  ['5', 5n],
  ['+5', 5n],
  ['-05', -5n],
  [' 5\t', 5n],
  ['9223372036854775807', 9223372036854775807n],
  ['9223372036854775808', undefined],
  ['5.0', undefined],
  ['0x5', undefined],
  ['', undefined],
  ['-', undefined],
])('the number of "%s" is %s', (text, expected) => {
  expect(parseInt64(text)).toBe(expected);
});
