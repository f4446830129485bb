import { describe, expect, test } from 'vitest';
import { compileString } from '../../src/match/string-matcher.ts';

describe('string matchers', () => {
  test.each([
    [{ exact: 'aB' }, 'aB', true],
    [{ exact: 'aB' }, 'ab', false],
    [{ exact: 'aB', ignore_case: true }, 'AB', true],
    [{ prefix: 'aB' }, 'aBc', true],
    [{ prefix: 'aB', ignore_case: true }, 'ABc', true],
    [{ suffix: 'B' }, 'aB', true],
    [{ suffix: 'B' }, 'Ba', false],
    [{ contains: 'B' }, 'aBc', true],
    [{ contains: 'ab', ignore_case: true }, 'xABx', true],
    [{ safe_regex: { regex: 'a.' } }, 'ab', true],
    [{ safe_regex: { regex: 'a.' } }, 'abc', false],
    [{ safe_regex: { regex: 'a.' } }, 'a\n', false],
  ])('%j and %s: %s', (matcher, text, expected) => {
    expect(compileString(matcher).matches(text)).toBe(expected);
  });

  test('case is that of ASCII only', () => {
    expect(compileString({ exact: 'É', ignore_case: true }).matches('é')).toBe(false);
  });

  test.each([{ custom: { name: 'lua' } }, {}, { safe_regex: { regex: 'a(?=b)' } }])('%j is not understood, and says so', (matcher) => {
    expect(compileString(matcher).unsupported).toBeDefined();
  });
});
