import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';
import { oneTimeIn } from './sometimes.ts';

export const VALUES = ['a', 'ab', 'A', 'b', '', 'a,b', 'aa', '5', '10', '-3', '5x', 'true', ' a'];

const text = fc.constantFrom('a', 'ab', 'b', 'A');
const stringMatcher: fc.Arbitrary<JsonObject> = fc
  .oneof(
    text.map((exact): JsonObject => ({ exact })),
    text.map((prefix): JsonObject => ({ prefix })),
    text.map((suffix): JsonObject => ({ suffix })),
    text.map((contains): JsonObject => ({ contains })),
    fc.constantFrom('a+', 'a|b', '.*', 'a.', '(?i)a').map((regex): JsonObject => ({ safe_regex: { regex } })),
  )
  .chain((matcher) => fc.boolean().map((ignoreCase) => (ignoreCase && !('safe_regex' in matcher) ? { ...matcher, ignore_case: true } : matcher)));

const HEADER_NAMES = ['x-a', 'x-b', 'x-n', 'user-agent', 'accept', 'referer', 'content-type'];

/** A HeaderMatcher: on a header of the request or on a pseudo header. */
export const headerMatcher: fc.Arbitrary<JsonObject> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...HEADER_NAMES),
        fc.oneof(
          { arbitrary: stringMatcher.map((string_match): JsonObject => ({ string_match })), weight: 5 },
          { arbitrary: fc.boolean().map((present_match): JsonObject => ({ present_match })), weight: 2 },
          {
            arbitrary: fc
              .constantFrom([0, 5], [5, 11], [-5, 0], [5, 6])
              .map(([start, end]): JsonObject => ({ range_match: { start: String(start), end: String(end) } })),
            weight: 2,
          },
          { arbitrary: fc.constant<JsonObject>({}), weight: 1 },
        ),
        oneTimeIn(4, { invert_match: true }),
        oneTimeIn(5, { treat_missing_header_as_empty: true }),
      )
      .map(([name, matcher, invert, missing]) => ({ name, ...matcher, ...invert, ...missing })),
  },
  { weight: 1, arbitrary: fc.constantFrom('GET', 'POST', 'get').map((exact): JsonObject => ({ name: ':method', string_match: { exact } })) },
  { weight: 1, arbitrary: fc.constantFrom('a.com', 'A.com', 'a.com:8080').map((exact): JsonObject => ({ name: ':authority', string_match: { exact } })) },
  { weight: 1, arbitrary: fc.constantFrom('/a', '/a?q', '/a/b').map((prefix): JsonObject => ({ name: ':path', string_match: { prefix } })) },
  { weight: 1, arbitrary: fc.constantFrom('http', 'https').map((exact): JsonObject => ({ name: 'x-forwarded-proto', string_match: { exact } })) },
);

/** A QueryParameterMatcher. */
export const queryMatcher: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.constantFrom('q', 'd', 'Q'),
    fc.oneof(
      { arbitrary: stringMatcher.map((string_match): JsonObject => ({ string_match })), weight: 3 },
      { arbitrary: fc.boolean().map((present_match): JsonObject => ({ present_match })), weight: 1 },
      { arbitrary: fc.constant<JsonObject>({}), weight: 1 },
    ),
  )
  .map(([name, matcher]) => ({ name, ...matcher }));

/** A CookieMatcher. */
export const cookieMatcher: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.constantFrom('s', 'u'), stringMatcher, oneTimeIn(3, { invert_match: true }))
  .map(([name, string_match, invert]) => ({ name, string_match, ...invert }));
