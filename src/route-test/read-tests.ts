import { isJsonObject, type JsonObject, type JsonValue } from '../dump/json-value.ts';
import type { TraceRequest } from '../match/request.ts';
import { readExpect } from './read-expect.ts';
import { readInput } from './read-input.ts';
import { readValidate } from './read-validate.ts';
import type { RouterInput, RouteTest } from './route-test.ts';
import { allow, objectOf, textOf, wholeOf, wrong } from './test-fields.ts';

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
