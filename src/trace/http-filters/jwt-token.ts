import { cookieValue } from '../../match/cookies.ts';
import { parseQuery } from '../../match/query-parameters.ts';
import type { JwtProvider } from '../../model/generated/envoy-api.ts';
import type { HttpRequest } from '../http-request.ts';

/** A token as a provider finds it in a request. */
export interface FoundToken {
  readonly text: string;
  /** It is a query parameter, which Envoy takes out of the path unless told to forward it. */
  readonly isParameter: boolean;
}

/**
 * The tokens that a provider sees: in its own headers, parameters and cookies; by default `Authorization: Bearer` and `access_token`.
 * A prefix may stand anywhere in the header; a token ends at the first character that no token has.
 * Source: source/extensions/filters/http/jwt_authn/extractor.cc ExtractorImpl::extract, extractJWT.
 */
export function tokensFor(provider: JwtProvider, { headers, path }: HttpRequest): readonly FoundToken[] {
  const own = (provider.from_headers?.length ?? 0) + (provider.from_params?.length ?? 0) + (provider.from_cookies?.length ?? 0) > 0;
  const sources = own ? (provider.from_headers ?? []) : [{ name: 'authorization', value_prefix: 'Bearer ' }];
  const parameters = own ? (provider.from_params ?? []) : ['access_token'];
  const query = parseQuery(path);
  const fromHeaders = sources.flatMap(({ name = '', value_prefix: prefix = '' }) => {
    const values = headers.all(name.toLowerCase());
    return values.length === 0 ? [] : (behind(values.join(','), prefix) ?? []);
  });
  const fromParameters = parameters.flatMap((name) => query.get(name) ?? []);
  const fromCookies = (provider.from_cookies ?? []).flatMap((name) => cookieValue(headers, name) ?? []);
  return [
    ...fromHeaders.map((text) => ({ text, isParameter: false })),
    ...fromParameters.map((text) => ({ text, isParameter: true })),
    ...fromCookies.map((text) => ({ text, isParameter: false })),
  ];
}

function behind(value: string, prefix: string): string | undefined {
  const at = value.indexOf(prefix);
  return at < 0 ? undefined : value.slice(at + prefix.length).trim();
}

/** Whether a token can never be good: it is no JWT, or another issuer's than the provider wants. */
export function isHopeless(text: string, { issuer }: JwtProvider): boolean {
  const parts = text.split('.');
  const [header, payload] = parts.map(readPart);
  if (parts.length !== 3 || header === undefined || payload === undefined) return true;
  return Boolean(issuer) && payload['iss'] !== issuer;
}

/** A part of a token as JSON; undefined where it is none. */
function readPart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = atob(part.replace(/-/g, '+').replace(/_/g, '/'));
    const value: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0))));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
