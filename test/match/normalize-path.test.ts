import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalPath, mergeSlashes, normalizePath } from '../../src/match/normalize-path.ts';

const path = (from: string, hcm: Parameters<typeof normalizePath>[1]): unknown => {
  const result = normalizePath(from, hcm);
  return result.kind === 'path' ? result.path : result.kind;
};

test.each(['/a/../b', '//a', '/a%2Fb', '/%61', '/a\\b'])('by default nothing changes: %s', (from) => {
  expect(path(from, {})).toBe(from);
});

describe('normalize_path', () => {
  test.each([
    ['/a/./b', '/a/b'],
    ['/a/../b', '/b'],
    ['/../a', '/a'],
    ['/a/..', '/'],
    ['/a/.', '/a/'],
    ['/a//../b', '/a/b'],
    ['/a/%2e%2E/b', '/b'],
    ['/%61%7e', '/a~'],
    ['/a\\b', '/a/b'],
    ['/a%2Fb%5C', '/a%2Fb%5C'],
    ['/a^b|c', '/a%5Eb%7Cc'],
    ['/a"<>`{}b', '/a%22%3C%3E%60%7B%7Db'],
    ['/%zz', '/%zz'],
    ['/é', '/%C3%A9'],
  ])('%s becomes %s', (from, to) => {
    expect(canonicalPath(from)).toBe(to);
  });

  test('a zero byte is refused', () => {
    expect(path('/a%00', { normalize_path: true })).toBe('rejected');
  });

  test('the query is left alone', () => {
    expect(path('/a/../b?c/../d%61\\', { normalize_path: true })).toBe('/b?c/../d%61\\');
  });

  test('what is canonical stays so', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', '.', '..', '', '%2F', '%61', '%7E', '^'), { minLength: 1 }), (segments) => {
        const once = canonicalPath(`/${segments.join('/')}`);
        expect(once === undefined ? undefined : canonicalPath(once)).toBe(once);
      }),
    );
  });
});

test.each([
  ['/a//b///c', '/a/b/c'],
  ['///a', '/a'],
  ['/a//', '/a/'],
  ['//', '//'],
  ['////', '//'],
  ['/', '/'],
])('merge_slashes: %s becomes %s', (from, to) => {
  expect(mergeSlashes(from)).toBe(to);
});

describe('path_with_escaped_slashes_action', () => {
  test.each([
    ['KEEP_UNCHANGED', '/a%2Fb', '/a%2Fb'],
    ['REJECT_REQUEST', '/a%2fb', 'rejected'],
    ['REJECT_REQUEST', '/a%5Cb', 'rejected'],
    ['REJECT_REQUEST', '/ab?%2F', '/ab?%2F'],
    ['UNESCAPE_AND_REDIRECT', '/a%2Fb', 'redirect'],
    ['UNESCAPE_AND_REDIRECT', '/ab', '/ab'],
    ['UNESCAPE_AND_FORWARD', '/a%2Fb%5Cc', '/a/b\\c'],
    ['UNESCAPE_AND_FORWARD', '/a%252Fb', '/a%252Fb'],
  ] as const)('%s: %s gives %s', (path_with_escaped_slashes_action, from, to) => {
    expect(path(from, { path_with_escaped_slashes_action })).toBe(to);
  });

  test('the redirect goes to the path as the other rules make it, with its query', () => {
    const hcm = { path_with_escaped_slashes_action: 'UNESCAPE_AND_REDIRECT', normalize_path: true, merge_slashes: true } as const;
    expect(normalizePath('/a%2F..%2F/b?q', hcm)).toEqual({ kind: 'redirect', location: '/b?q' });
  });
});
