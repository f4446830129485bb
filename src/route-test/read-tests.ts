import { decodeMessage } from '../decode/decode-message.ts';
import { Failure } from '../dump/failure.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../dump/json-value.ts';
import type { TraceRequest } from '../match/request.ts';
import type { HeaderMatcher } from '../model/generated/envoy-api.ts';
import { EXPECT_FIELDS, type Expect, type RouterInput, type RouteTest, TEXT_FIELDS, type Validate, type Wanted } from './route-test.ts';

/** Makes the request of a URL with the fields beside it; throws Failure PC1020 for a URL that is none. */
export type RequestOfUrl = (url: string, fields: JsonObject) => TraceRequest;

/**
 * Reads a file of tests: router_check_tool's schema (keys in snake_case or camelCase), and ours: `url` in place of `input`, `expect` beside
 * or in place of `validate`. In: the document, what the file is called. Throws Failure PC1023, which names the field, for anything that is
 * not understood: nothing of a test is passed over.
 */
export function readTests(document: JsonValue, file: string, requestOfUrl: RequestOfUrl): readonly RouteTest[] {
  const whole = Array.isArray(document) ? { tests: document as readonly JsonValue[] } : document;
  if (!isJsonObject(whole) || !Array.isArray(whole['tests'])) throw wrong('there is no list of the name "tests"', file);
  allow(whole, ['tests', 'runtime'], file);
  return (whole['tests'] as readonly JsonValue[]).map((test, i) => readTest(test, `${file}, test ${i + 1}`, requestOfUrl));
}

function readTest(value: JsonValue, place: string, requestOfUrl: RequestOfUrl): RouteTest {
  const test = objectOf(value, 'a test', place);
  allow(test, ['test_name', 'name', 'input', 'validate', 'expect', 'route_config', 'random', ...REQUEST_FIELDS], place);
  const input = test['input'] === undefined ? undefined : readInput(objectOf(test['input'], 'input', place), place);
  const url = textOf(test, 'url', place);
  if ((input === undefined) === (url === undefined)) throw wrong(`a test has either "input" or "url"`, place);
  const request = input === undefined ? requestOfUrl(url ?? '', test) : requestOfInput(input);
  const validate = test['validate'] === undefined ? undefined : readValidate(objectOf(test['validate'], 'validate', place), place);
  const expect = test['expect'] === undefined ? undefined : readExpect(objectOf(test['expect'], 'expect', place), place);
  if (validate === undefined && expect === undefined) throw wrong('a test has "validate" or "expect", else it would pass whatever happens', place);
  const name = textOf(test, 'test_name', place) ?? textOf(test, 'name', place) ?? url ?? '';
  const random = test['random'] === undefined ? undefined : wholeOf(test, 'random', place);
  const asInput = input ?? (validate === undefined ? undefined : inputOfRequest(request, random));
  return { name, place, input: asInput, request, random, validate, expect, routeConfig: textOf(test, 'route_config', place) };
}

/** Fields beside `url`, in the words of `pc trace`. */
export const REQUEST_FIELDS = ['url', 'method', 'headers', 'body', 'to', 'source', 'sni', 'alpn', 'tls', 'client_cert', 'listener', 'http', 'metadata'];

function readInput(input: JsonObject, place: string): RouterInput {
  const fields = [':authority', 'authority', 'path', ':path', 'method', ':method', 'random_value', 'ssl', 'internal', 'runtime'];
  allow(input, [...fields, 'additional_request_headers', 'additional_response_headers', 'additional_headers', 'dynamic_metadata'], place);
  const authority = textOf(input, 'authority', place) ?? textOf(input, ':authority', place);
  if (authority === undefined) throw wrong('input has no "authority"', place);
  return {
    authority,
    path: textOf(input, 'path', place) ?? textOf(input, ':path', place) ?? '/',
    method: textOf(input, 'method', place) ?? textOf(input, ':method', place) ?? 'GET',
    random: input['random_value'] === undefined && input['randomValue'] === undefined ? 0n : wholeOf(input, 'random_value', place),
    ssl: member(input, 'ssl') === true,
    internal: member(input, 'internal') === true,
    runtime: textOf(input, 'runtime', place) ?? '',
    requestHeaders: [...headerValues(input, 'additional_request_headers', place), ...headerValues(input, 'additional_headers', place)],
    responseHeaders: headerValues(input, 'additional_response_headers', place),
    metadata: metadataOf(listOf(input, 'dynamic_metadata', place), place),
  };
}

function readValidate(validate: JsonObject, place: string): Validate {
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

function readExpect(expect: JsonObject, place: string): Expect {
  const fields: Record<string, Wanted> = {};
  for (const [key, value] of Object.entries(expect)) {
    const field = EXPECT_FIELDS.find((known) => known === key);
    if (field === undefined) throw wrong(`"expect" has no field ${key}; it has ${EXPECT_FIELDS.join(', ')}`, place);
    fields[field] = wantedOf(value, field, place);
  }
  if (Object.keys(fields).length === 0) throw wrong('"expect" asks for nothing', place);
  return fields;
}

function wantedOf(value: JsonValue, field: string, place: string): Wanted {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((element) => scalarOf(element, field, place));
  if (!isJsonObject(value)) return scalarOf(value, field, place);
  const shares = Object.entries(value).map(([key, share]): [string, number] => {
    const percent = share instanceof JsonNumber ? Number(share.text) : share;
    if (typeof percent !== 'number') throw wrong(`the share of ${key} under ${field} is not a number of percent`, place);
    return [key, percent];
  });
  return { shares: Object.fromEntries(shares) };
}

function scalarOf(value: JsonValue, field: string, place: string): string | number | null {
  if (value instanceof JsonNumber) return Number(value.text);
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw wrong(`${field} is to be a text, a number, a list of these, or shares in percent`, place);
}

function requestOfInput(input: RouterInput): TraceRequest {
  return {
    scheme: input.ssl ? 'https' : 'http',
    ...(input.ssl ? { tls: { sni: input.authority.replace(/:\d+$/, ''), alpn: ['http/1.1'] } } : {}),
    authority: input.authority,
    path: input.path,
    method: input.method,
    headers: input.requestHeaders,
    metadata: input.metadata,
  };
}

function inputOfRequest(request: TraceRequest, random: bigint | undefined): RouterInput {
  return {
    authority: request.authority ?? '',
    path: request.path ?? '/',
    method: request.method ?? 'GET',
    random: random ?? 0n,
    ssl: request.scheme === 'https',
    internal: false,
    runtime: '',
    requestHeaders: request.headers ?? [],
    responseHeaders: [],
    metadata: request.metadata ?? {},
  };
}

function headerValues(object: JsonObject, name: string, place: string): [string, string][] {
  return listOf(object, name, place).map((entry) => {
    const header = objectOf(entry, name, place);
    allow(header, ['key', 'value', 'field'], place);
    return [textOf(header, 'key', place) ?? textOf(header, 'field', place) ?? '', textOf(header, 'value', place) ?? ''];
  });
}

/** `dynamic_metadata`: the first value of a namespace stays unless a later one says `allow_overwrite`. */
function metadataOf(entries: readonly JsonValue[], place: string): Record<string, string> {
  const metadata: Record<string, string> = {};
  const seen = new Set<string>();
  for (const entry of entries) {
    const object = objectOf(entry, 'dynamic_metadata', place);
    allow(object, ['metadata_namespace', 'value', 'allow_overwrite'], place);
    const namespace = textOf(object, 'metadata_namespace', place) ?? '';
    if (seen.has(namespace) && member(object, 'allow_overwrite') !== true) continue;
    seen.add(namespace);
    flatten(namespace, member(object, 'value') ?? {}, metadata);
  }
  return metadata;
}

function flatten(key: string, value: JsonValue, into: Record<string, string>): void {
  if (isJsonObject(value)) for (const [name, inner] of Object.entries(value)) flatten(`${key}.${name}`, inner, into);
  else into[key] = value instanceof JsonNumber ? value.text : String(value);
}

function member(object: JsonObject, name: string): JsonValue | undefined {
  const camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return object[name] ?? object[camel];
}

function listOf(object: JsonObject, name: string, place: string): readonly JsonValue[] {
  const value = member(object, name);
  if (value !== undefined && !Array.isArray(value)) throw wrong(`${name} is not a list`, place);
  return (value ?? []) as readonly JsonValue[];
}

function objectOf(value: JsonValue, what: string, place: string): JsonObject {
  if (!isJsonObject(value)) throw wrong(`${what} is not an object`, place);
  return value;
}

function textOf(object: JsonObject, name: string, place: string): string | undefined {
  const value = member(object, name);
  if (value !== undefined && typeof value !== 'string') throw wrong(`${name} is not a text`, place);
  return value;
}

function wholeOf(object: JsonObject, name: string, place: string): bigint {
  const value = member(object, name);
  const text = value instanceof JsonNumber ? value.text : String(value);
  if (!/^\d+$/.test(text)) throw wrong(`${name} is not a whole number`, place);
  return BigInt(text);
}

function allow(object: JsonObject, names: readonly string[], place: string): void {
  const known = new Set(names.flatMap((name) => [name, name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())]));
  const unknown = Object.keys(object).find((key) => !known.has(key));
  if (unknown !== undefined) throw wrong(`there is no field "${unknown}" here; known are ${names.join(', ')}`, place);
}

function wrong(what: string, place: string): Failure {
  return new Failure({ id: 'PC1023', what, place, next: 'docs/test.md has the form of a test' });
}
