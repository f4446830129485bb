import { describe, expect, test } from 'vitest';
import { compileCookie, cookieValue } from '../../src/match/cookies.ts';
import { requestHeaders } from '../../src/match/request-headers.ts';

const lines = (...cookies: string[]) => requestHeaders(cookies.map((cookie) => ['cookie', cookie] as const));

describe('the value of a cookie', () => {
  test.each<[readonly string[], string | undefined]>([
    [['s=a'], 'a'],
    [['x=1; s=a'], 'a'],
    [['x=1;s=a'], 'a'],
    [['x=1', 's=a'], 'a'],
    [['s=b; s=a'], 'b'],
    [['s="a"'], 'a'],
    [['s="a'], '"a'],
    [['s="'], '"'],
    [['s=a=b'], 'a=b'],
    [['s='], ''],
    [['s=a ; x=1'], 'a '],
    [['s'], undefined],
    [['S=a'], undefined],
    [['xs=a'], undefined],
    [[], undefined],
  ])('%j: %j', (cookies, expected) => {
    expect(cookieValue(lines(...cookies), 's')).toBe(expected);
  });
});

test.each([
  [{ string_match: { exact: 'a' } }, ['s=a'], true],
  [{ string_match: { exact: 'a' } }, [], false],
  [{ string_match: { exact: 'a' }, invert_match: true }, [], true],
  [{ string_match: { exact: 'a' }, invert_match: true }, ['s=a'], false],
  [{ string_match: { exact: '' } }, ['s='], true],
])('the matcher %j and %j: %s', (matcher, cookies, expected) => {
  expect(compileCookie({ name: 's', ...matcher }).matches(lines(...cookies))).toBe(expected);
});
