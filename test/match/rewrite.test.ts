import { describe, expect, test } from 'vitest';
import { requestHeaders } from '../../src/match/request-headers.ts';
import { rewriteHost, rewritePath } from '../../src/match/rewrite.ts';
import type { RouteAction, RouteMatch } from '../../src/model/generated/envoy-api.ts';

const template = (type: string, fields: object) => ({ name: 't', typed_config: { '@type': `type.googleapis.com/envoy.extensions.path.${type}`, ...fields } });
const regex = (source: string, substitution: string) => ({ pattern: { regex: source }, substitution });

describe('the path that goes upstream', () => {
  test.each<[string, RouteAction, RouteMatch, string, string | undefined]>([
    ['as it came', {}, { prefix: '/' }, '/a?q', '/a?q'],
    ['prefix', { prefix_rewrite: '/n' }, { prefix: '/a' }, '/a/b?q', '/n/b?q'],
    ['prefix in another case', { prefix_rewrite: '/n' }, { prefix: '/A', case_sensitive: false }, '/a/b', '/n/b'],
    ['prefix that path parameters hide', { prefix_rewrite: '/n' }, { prefix: '/a/b' }, '/a;x/b', '/a;x/b'],
    ['prefix of a separated prefix', { prefix_rewrite: '/n' }, { path_separated_prefix: '/a' }, '/a/b', '/n/b'],
    ['prefix of an exact path', { prefix_rewrite: '/n' }, { path: '/a' }, '/a?q', '/n?q'],
    ['prefix of a regex', { prefix_rewrite: '/n' }, { safe_regex: { regex: '/a.*' } }, '/ab?q', '/n?q'],
    ['regex', { regex_rewrite: regex('/(a)', '/\\1\\1') }, { prefix: '/' }, '/a/b?/a', '/aa/b?/a'],
    ['regex that leaves nothing', { regex_rewrite: regex('.*', '') }, { prefix: '/' }, '/a', '/a'],
    [
      'template',
      { path_rewrite_policy: template('rewrite.uri_template.v3.UriTemplateRewriteConfig', { path_template_rewrite: '/{rest}/of/{id}' }) },
      { path_match_policy: template('match.uri_template.v3.UriTemplateMatchConfig', { path_template: '/api/{id}/{rest=**}' }) },
      '/api/7/x/y?q',
      '/x/y/of/7?q',
    ],
    ['a format that pc does not follow', { path_rewrite: '/%REQ(x)%' }, { prefix: '/' }, '/a', undefined],
  ])('%s', (_, action, match, path, expected) => {
    expect(rewritePath(action, match, path)).toBe(expected);
  });
});

describe('the host that goes upstream', () => {
  const headers = requestHeaders([
    ['x-host', 'header.com'],
    ['x-empty', ''],
  ]);
  test.each<[string, RouteAction, string | undefined, string | undefined]>([
    ['as it came', {}, undefined, 'a.com'],
    ['literal', { host_rewrite_literal: 'l.com' }, undefined, 'l.com'],
    ['of the arm, before that of the route', { host_rewrite_literal: 'l.com' }, 'arm.com', 'arm.com'],
    ['of a header', { host_rewrite_header: 'X-Host' }, undefined, 'header.com'],
    ['of a header that is empty', { host_rewrite_header: 'x-empty' }, undefined, 'a.com'],
    ['of the path', { host_rewrite_path_regex: regex('^/(\\w+)/.*$', '\\1.com') }, undefined, 'tenant.com'],
    ['of the upstream host', { auto_host_rewrite: true }, undefined, undefined],
  ])('%s', (_, action, arm, expected) => {
    expect(rewriteHost(action, arm, headers, 'a.com', '/tenant/x')).toBe(expected);
  });
});
