import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';
import { fieldOneTimeIn } from './sometimes.ts';

const PATHS = ['/', '/a', '/a/', '/a/b', '/ab', '/a/b/c', '/A', '/a%2Fb', '/a//b', '/a/b/', '/b', '/a.b', '/a?q'];
const REGEXES = ['/a', '/a.*', '/[ab]+', '/a/b?', '.*b', '/a/(b|c)', '(?i)/a', '/a(/.*)?', '^/a$', '/\\w+/b', '/a[^/]*', '/a\\?q=1'];
const TEMPLATES = ['/a/*', '/a/**', '/{x}/b', '/a/{x}/c', '/**', '/{x=*}', '/a/{y=**}'];

const template = (value: string): JsonObject => ({
  path_match_policy: {
    name: 'envoy.path.match.uri_template.uri_template_matcher',
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig', path_template: value },
  },
});

const path = fc.constantFrom(...PATHS);
const separated = fc.constantFrom('/a', '/a/b', '/A', '/a%2Fb', '/b');
const caseSensitive = fieldOneTimeIn(2, 'case_sensitive', fc.boolean());

/** The path specifier of a RouteMatch. */
export const pathMatcher: fc.Arbitrary<JsonObject> = fc.oneof(
  { arbitrary: withCase(path, 'prefix'), weight: 6 },
  { arbitrary: withCase(path, 'path'), weight: 4 },
  { arbitrary: withCase(separated, 'path_separated_prefix'), weight: 3 },
  { arbitrary: fc.constantFrom(...REGEXES).map((regex): JsonObject => ({ safe_regex: { regex } })), weight: 3 },
  { arbitrary: fc.constantFrom(...TEMPLATES).map(template), weight: 2 },
  { arbitrary: fc.constant<JsonObject>({ connect_matcher: {} }), weight: 1 },
);

/** Paths at and around the border of a path matcher; half of the time one that may well fit. */
export function pathNear(match: JsonObject): fc.Arbitrary<string> {
  const literal = match['prefix'] ?? match['path'] ?? match['path_separated_prefix'];
  const seeds = typeof literal === 'string' ? [literal.replace('?', '%3F')] : ['/a', '/a/b', '/z/b', '/a/z/c', '/b', '/a/b/c/d'];
  const near = (p: string): string[] => [
    `${p}x`,
    `${p}/x`,
    `${p}/`,
    p.length > 1 ? p.slice(0, -1) : p,
    p === p.toUpperCase() ? p.toLowerCase() : p.toUpperCase(),
    `${p}?q=1`,
    `${p}?q`,
    `/${p}`,
    p.replace(/(?<=.)\//, '//'),
    p.replace(/(?<=.)\//, '%2f'),
    p.replace(/(?<=.)\//, '/./'),
    `/z/..${p}`,
    `${p};x`,
    p.replace('a', '%61'),
    p.replace(/(?<=.)\//, '\\'),
  ];
  return fc.oneof({ arbitrary: fc.constantFrom(...seeds), weight: 3 }, { arbitrary: fc.constantFrom(...seeds.flatMap(near)), weight: 2 });
}

function withCase(value: fc.Arbitrary<string>, field: string): fc.Arbitrary<JsonObject> {
  return fc.tuple(value, caseSensitive).map(([text, sensitive]) => ({ [field]: text, ...sensitive }));
}
