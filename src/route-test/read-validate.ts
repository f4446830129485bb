import { decodeMessage } from '../decode/decode-message.ts';
import type { JsonObject, JsonValue } from '../dump/json-value.ts';
import type { HeaderMatcher } from '../model/generated/envoy-api.ts';
import { TEXT_FIELDS, type Validate } from './route-test.ts';
import { allow, headerValues, listOf, member, objectOf, textOf, wholeOf, wrong } from './test-fields.ts';

/** Reads `validate`; throws Failure PC1023. */
export function readValidate(validate: JsonObject, place: string): Validate {
  const lists = ['request_header_matches', 'response_header_matches', 'request_header_fields', 'response_header_fields', 'route_metadata'];
  allow(validate, [...TEXT_FIELDS, 'code_redirect', 'timeout', ...lists], place);
  const matchers = (kind: string): HeaderMatcher[] => [
    ...listOf(validate, `${kind}_header_matches`, place).map((matcher) => headerMatcher(matcher, place)),
    // The deprecated form: the first value of a header, '' where there is none.
    ...headerValues(validate, `${kind}_header_fields`, place).map(
      ([name, value]): HeaderMatcher => ({ name, string_match: { exact: value }, treat_missing_header_as_empty: true }),
    ),
  ];
  const read: Validate = {
    texts: TEXT_FIELDS.flatMap((field) => {
      const wanted = textOf(validate, field, place);
      return wanted === undefined ? [] : [[field, wanted] as const];
    }),
    codeRedirect: member(validate, 'code_redirect') === undefined ? undefined : Number(wholeOf(validate, 'code_redirect', place)),
    timeout: textOf(validate, 'timeout', place),
    routeMetadata: listOf(validate, 'route_metadata', place).map((entry) => {
      const object = objectOf(entry, 'route_metadata', place);
      allow(object, ['namespace', 'key', 'value'], place);
      return { namespace: textOf(object, 'namespace', place) ?? '', key: textOf(object, 'key', place) ?? '', value: textOf(object, 'value', place) ?? '' };
    }),
    requestHeaders: matchers('request'),
    responseHeaders: matchers('response'),
  };
  if (Object.keys(validate).length === 0) throw wrong('"validate" asks for nothing', place);
  return read;
}

function headerMatcher(value: JsonValue, place: string): HeaderMatcher {
  const issues: { readonly what: string }[] = [];
  const matcher = decodeMessage('envoy.config.route.v3.HeaderMatcher', value, [], issues as never) as HeaderMatcher;
  const [issue] = issues;
  if (issue !== undefined) throw wrong(`a header matcher is not one: ${issue.what}`, place);
  const unknown = Object.getOwnPropertySymbols(matcher).flatMap((symbol) => Object.keys((matcher as unknown as Record<symbol, object>)[symbol] ?? {}))[0];
  if (unknown !== undefined) throw wrong(`a header matcher has no field ${unknown}`, place);
  return matcher;
}
