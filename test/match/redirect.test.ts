import { describe, expect, test } from 'vitest';
import { redirectLocation, redirectStatus, sslRedirectLocation } from '../../src/match/redirect.ts';
import type { RedirectAction, RouteMatch } from '../../src/model/generated/envoy-api.ts';

const REQUEST = { host: 'a.com', path: '/b/c?q=1', scheme: 'http', forwardedProto: 'http' };
const location = (redirect: RedirectAction, request: Partial<typeof REQUEST> = {}, match: RouteMatch = { prefix: '/b' }) =>
  redirectLocation(redirect, match, { ...REQUEST, ...request });

test.each([
  [undefined, 301],
  ['FOUND', 302],
  ['SEE_OTHER', 303],
  ['TEMPORARY_REDIRECT', 307],
  ['PERMANENT_REDIRECT', 308],
] as const)('the code %s is %i', (response_code, status) => {
  expect(redirectStatus(response_code === undefined ? {} : { response_code })).toBe(status);
});

describe('the location', () => {
  test.each<[string, RedirectAction, Partial<typeof REQUEST>, string]>([
    ['of nothing changed', {}, {}, 'http://a.com/b/c?q=1'],
    ['of another scheme', { scheme_redirect: 'ftp' }, {}, 'ftp://a.com/b/c?q=1'],
    ['of another host and port', { host_redirect: 'h.com', port_redirect: 81 }, { host: 'a.com:80' }, 'http://h.com:81/b/c?q=1'],
    ['of an IPv6 host', { port_redirect: 81 }, { host: '[::1]:80' }, 'http://[::1]:81/b/c?q=1'],
    ['of an IPv6 host without a port', { https_redirect: true }, { host: '[::1]' }, 'https://[::1]/b/c?q=1'],
    ['of a prefix', { prefix_rewrite: '/n' }, {}, 'http://a.com/n/c?q=1'],
    ['of a regex', { regex_rewrite: { pattern: { regex: 'b|c' }, substitution: 'x' } }, {}, 'http://a.com/x/x?q=1'],
    ['without its query', { strip_query: true }, {}, 'http://a.com/b/c'],
  ])('%s', (_, redirect, request, expected) => {
    expect(location(redirect, request)).toBe(expected);
  });

  test('to TLS keeps host and path', () => {
    expect(sslRedirectLocation({ ...REQUEST, host: 'a.com:8080' })).toBe('https://a.com:8080/b/c?q=1');
  });
});
