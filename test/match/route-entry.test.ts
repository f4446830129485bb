import { describe, expect, test } from 'vitest';
import { ignoresEverySegment, withoutPathParameters } from '../../src/match/path-parameters.ts';
import { requestHeaders } from '../../src/match/request-headers.ts';
import { compileRoute, type RoutedRequest } from '../../src/match/route-entry.ts';
import type { RouteMatch } from '../../src/model/generated/envoy-api.ts';

const request = (path: string, more: Partial<RoutedRequest> & { readonly lines?: readonly (readonly [string, string])[] } = {}): RoutedRequest => ({
  method: 'GET',
  path,
  pathOnly: path.replace(/\?.*$/, ''),
  headers: requestHeaders(more.lines ?? []),
  isTls: false,
  certificate: { presented: false, validated: false },
  metadata: {},
  runtime: () => undefined,
  joinHeaderValues: false,
  ...more,
});
const ask = (match: RouteMatch, path: string, more?: Parameters<typeof request>[1]) => compileRoute({ match }, 0).test(request(path, more));

describe('a route entry', () => {
  test('says the first criterion that fails', () => {
    const match: RouteMatch = {
      prefix: '/api',
      headers: [{ name: 'x-user', string_match: { exact: 'jason' } }],
      query_parameters: [{ name: 'v', string_match: { exact: '2' } }],
    };
    const failing = (path: string, lines: [string, string][] = []) => {
      const result = ask(match, path, { lines });
      return result.kind === 'fails' ? result.criterion : result.kind;
    };
    expect(failing('/other')).toBe('prefix /api');
    expect(failing('/api')).toBe('header x-user = "jason"');
    expect(failing('/api', [['x-user', 'jason']])).toBe('query parameter v = "2"');
    expect(failing('/api?v=2', [['x-user', 'jason']])).toBe('matches');
  });

  test('describes all of its criteria', () => {
    const match: RouteMatch = { path: '/a', grpc: {}, cookies: [{ name: 's', string_match: { exact: 'x' } }], tls_context: { presented: true } };
    expect(compileRoute({ match }, 0).describe).toBe('path /a, gRPC request, cookie s = "x", client certificate presented: true');
  });

  test('takes CONNECT by connect_matcher alone', () => {
    expect(ask({ connect_matcher: {} }, '', { method: 'CONNECT' }).kind).toBe('matches');
    expect(ask({ connect_matcher: {} }, '/').kind).toBe('fails');
    expect(ask({ prefix: '/' }, '', { method: 'CONNECT' }).kind).toBe('fails');
  });

  test('hands a runtime fraction on as a cut of the random numbers', () => {
    const match = (numerator: number): RouteMatch => ({ prefix: '/', runtime_fraction: { default_value: { numerator, denominator: 'TEN_THOUSAND' } } });
    expect(ask(match(25), '/')).toEqual({ kind: 'matches', cut: { modulus: 10_000, from: 0, to: 25, inside: true } });
    expect([ask(match(0), '/').kind, ask(match(10_000), '/')]).toEqual(['fails', { kind: 'matches', cut: undefined }]);
  });

  test.each<[string, RouteMatch]>([
    ['a path matcher of another kind', { path_match_policy: { name: 'x', typed_config: { '@type': 'type.googleapis.com/x.Y' } } }],
    ['a string matcher of another kind', { prefix: '/', headers: [{ name: 'x-h', string_match: {} }] }],
    ['a regex that RE2 refuses', { safe_regex: { regex: '(?=a)' } }],
    ['a metadata matcher of another kind', { prefix: '/', dynamic_metadata: [{ filter: 'f', path: [{ key: 'k' }], value: { list_match: {} } }] }],
  ])('does not guess: %s', (_, match) => {
    expect(ask(match, '/', { lines: [['x-h', 'a']] }).kind).toBe('unknown');
  });
});

describe('path parameters that matching ignores', () => {
  test.each([
    ['/a;v=1/b;w/c', '/a/b/c', '/a'],
    ['/a;', '/a', '/a'],
    ['/;x/b', '//b', '/'],
  ])('%s is %s, and %s for older Envoys', (path, now, before) => {
    expect([withoutPathParameters(path, true), withoutPathParameters(path, false)]).toEqual([now, before]);
  });

  test.each([
    [[1, 40, 0], true],
    [[1, 39, 1], true],
    [[1, 39, 0], false],
    [[1, 36, 10], true],
    [[1, 36, 9], false],
    [[1, 35, 99], false],
    [undefined, true],
  ] as const)('Envoy %j looks at every segment: %s', (version, expected) => {
    expect(ignoresEverySegment(version)).toBe(expected);
  });
});
