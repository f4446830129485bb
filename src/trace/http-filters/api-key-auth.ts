import { cookieValue } from '../../match/cookies.ts';
import { parseQuery } from '../../match/query-parameters.ts';
import type { ApiKeyAuth, ApiKeyAuthPerRoute, Credential, KeySource } from '../../model/generated/envoy-api.ts';
import type { HttpRequest } from '../http-request.ts';
import { answered, CONTINUES, depends, type FilterEffect, type FilterQuestion, replies } from './filter.ts';

/**
 * API keys: the first source that has one counts (`Bearer ` before it is dropped), and a route may have keys, sources and allowed
 * clients of its own. Envoy masks the keys in its dump: then, whether the key is known is a condition.
 * Source: source/extensions/filters/http/api_key_auth/api_key_auth.cc ApiKeyAuthFilter::decodeHeaders.
 */
export function apiKeyAuth({ request, config, perRoute }: FilterQuestion): FilterEffect {
  const own = config as unknown as ApiKeyAuth;
  const route = perRoute as unknown as ApiKeyAuthPerRoute | undefined;
  const sources = nonEmpty(route?.key_sources) ?? own.key_sources ?? [];
  const credentials = nonEmpty(route?.credentials) ?? own.credentials ?? [];
  const clients = route?.allowed_clients ?? [];
  const refusal = (status: number, details: string) => answered(status, details, null);
  const refused = (status: number, details: string): FilterEffect => replies(refusal(status, details), `api key: ${details}`);
  if (sources.length === 0) return refused(401, 'missing_key_sources');
  const key = sources.map((source) => keyFrom(source, request)).find((found) => found !== '');
  if (key === undefined) return refused(401, 'missing_api_key');
  if (credentials.every(isShown)) {
    const client = credentials.find((credential) => credential.key === key)?.client;
    if (client === undefined) return refused(401, 'unknown_api_key');
    return clients.length === 0 || clients.includes(client) ? CONTINUES : refused(403, 'client_not_allowed');
  }
  return depends(
    'api key: a dump does not show the keys',
    { condition: `the API key is one of the ${credentials.length} that are known`, reply: null },
    { condition: 'the API key is not known', reply: refusal(401, 'unknown_api_key') },
    ...(clients.length === 0
      ? []
      : [{ condition: `the API key's client is none of ${clients.join(', ')}, which the route allows`, reply: refusal(403, 'client_not_allowed') }]),
  );
}

function keyFrom({ header, query, cookie }: KeySource, request: HttpRequest): string {
  if (header) {
    const value = request.headers.first(header.toLowerCase()) ?? '';
    return value.startsWith('Bearer ') ? value.slice('Bearer '.length) : value;
  }
  if (query) return decoded(parseQuery(request.path).get(query) ?? '');
  return cookie ? (cookieValue(request.headers, cookie) ?? '') : '';
}

function isShown({ key = '' }: Credential): boolean {
  return !/^\[?redacted\]?$|^\*+$/i.test(key) && key !== '';
}

function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}
