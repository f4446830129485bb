import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { compileRegex } from '../../src/match/regex.ts';

const matches = (source: string, text: string): boolean | undefined => compileRegex(source)?.matchesAll(text);

describe('regular expressions are those of RE2', () => {
  test.each([
    ['a|ab', 'ab', true],
    ['(a|b)*c', 'ababc', true],
    ['a{2,3}', 'aaaa', false],
    ['[^/]+', 'a/b', false],
    ['(?i)a', 'A', true],
    ['(?s)a.b', 'a\nb', true],
    ['a.b', 'a\nb', false],
    ['a$', 'a\n', false],
    ['\\d+\\.\\d+', '1.2', true],
    ['\\pL+', 'äb', true],
    ['[[:digit:]]+', '12', true],
    ['\\Qa.b\\E', 'axb', false],
    ['.*', '', true],
    ['(?P<name>a)b', 'ab', true],
  ])('%s over the whole of "%s": %s', (source, text, expected) => {
    expect(matches(source, text)).toBe(expected);
  });

  test.each(['a(?=b)', '(?<!a)b', 'a\\1', '(', 'a**', '[b-a]'])('RE2 refuses %s', (source) => {
    expect(compileRegex(source)).toBeUndefined();
  });

  test('the fast way for plain expressions gives the same answer', () => {
    const part = fc.constantFrom('a', 'b', '/', '\\.', '.', '.*', '.+', '[a-c]', '[^/]+', '(?:ab|c)', '(a|b)', 'a?', '\\d+', '^', '$', '-', '[a.]*');
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '/', '.', '1', '\n', '-', 'ab'), { maxLength: 6 }).map((list) => list.join(''));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), text, (parts, subject) => {
        const source = parts.join('');
        expect(matches(source, subject)).toBe(RE2JS.compile(source).matches(subject));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('substitution', () => {
  test.each([
    ['a', 'banana', 'o', 'bonono'],
    ['^/(\\w+)/(.*)$', '/api/x', '/\\2/\\1', '/x/api'],
    ['(a)', 'a', '\\0\\1\\\\', 'aa\\'],
    ['', 'ab', '-', '-a-b-'],
    ['[a-z]*', '/b/c', 'X', 'X/X/X'],
    ['zz', 'abc', 'X', 'abc'],
  ])('%s in %s by %s gives %s', (source, text, substitution, expected) => {
    expect(compileRegex(source)?.replaceAll(text, substitution)).toBe(expected);
  });
});
