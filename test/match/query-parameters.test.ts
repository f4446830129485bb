import { describe, expect, test } from 'vitest';
import { compileQueryParameter, parseQuery } from '../../src/match/query-parameters.ts';

describe('the parameters of a path', () => {
  test.each([
    ['/a', {}],
    ['/a?', { '': '' }],
    ['/a?x', { x: '' }],
    ['/a?x=', { x: '' }],
    ['/a?x=1&x=2', { x: '1' }],
    ['/a?x=1=2', { x: '1=2' }],
    ['/a?x=%61', { x: '%61' }],
    ['/a??x=1', { '?x': '1' }],
    ['/a?x;y=1', { 'x;y': '1' }],
    ['/a?x=1&&y=2', { x: '1', '': '', y: '2' }],
  ])('%s: %j', (path, expected) => {
    expect(Object.fromEntries(parseQuery(path))).toEqual(expected);
  });
});

describe('query parameter matchers', () => {
  test.each([
    [{ string_match: { exact: 'a' } }, '/?e=a', true],
    [{ string_match: { exact: 'a' } }, '/', false],
    [{ string_match: { prefix: 'a' } }, '/?e=ab', true],
    [{ present_match: true }, '/?e', true],
    [{ present_match: false }, '/', true],
    [{ present_match: false }, '/?e', false],
    [{}, '/?e', true],
    [{ value: 'a', regex: false }, '/?e=a', true],
    [{ value: 'a+', regex: true }, '/?e=aa', true],
  ])('%j and %s: %s', (matcher, path, expected) => {
    expect(compileQueryParameter({ name: 'e', ...matcher } as object).matches(parseQuery(path))).toBe(expected);
  });
});
