import type { BasicAuth } from '../../model/generated/envoy-api.ts';
import { answered, CONTINUES, depends, type FilterEffect, type FilterQuestion, replies } from './filter.ts';

/**
 * HTTP basic authentication: no or a malformed header is refused for certain; whether the password is right, a dump does not show.
 * The scheme is `Basic ` to the letter, and allow_missing lets go by whatever has another one.
 * Source: source/extensions/filters/http/basic_auth/basic_auth_filter.cc.
 */
export function basicAuth({ request, config, perRoute }: FilterQuestion): FilterEffect {
  const { authentication_header: own, allow_missing: allowMissing } = config as unknown as BasicAuth;
  const value = request.headers.first((own || 'authorization').toLowerCase());
  const refused = (details: string): FilterEffect => replies(answered(401, details, null, { break: 'PC7003' }), `basic auth: ${details}`);
  if (value === undefined) return allowMissing === true ? CONTINUES : refused('no_credential_for_basic_auth');
  if (!value.startsWith('Basic ')) return allowMissing === true ? CONTINUES : refused('invalid_scheme_for_basic_auth');
  const credentials = decodeBase64(value.slice('Basic '.length));
  if (credentials === undefined || !credentials.includes(':')) return refused('invalid_format_for_basic_auth');
  const user = credentials.slice(0, credentials.indexOf(':'));
  const users = usersOf((perRoute ?? config) as unknown as BasicAuth);
  if (users !== undefined && !users.has(user)) return refused('invalid_credential_for_basic_auth');
  return depends(
    'basic auth: a dump does not show passwords',
    { condition: `the password of user "${user}" is right`, reply: null },
    { condition: `the password of user "${user}" is wrong`, reply: answered(401, 'invalid_credential_for_basic_auth', null, { break: 'PC7003' }) },
  );
}

/** The user names, where the dump shows them: one `name:{SHA}hash` a line. */
function usersOf({ users }: BasicAuth): ReadonlySet<string> | undefined {
  const text = users?.inline_string ?? (users?.inline_bytes === undefined ? undefined : decodeBase64(users.inline_bytes));
  if (text === undefined || !text.includes(':')) return undefined;
  return new Set(text.split('\n').map((line) => line.split(':')[0]?.trim() ?? ''));
}

/** Padding at the end may be missing, or be too much. Source: source/common/common/base64.cc Base64::decodeWithoutPadding. */
function decodeBase64(text: string): string | undefined {
  const bare = text.replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(bare) || bare.length % 4 === 1) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(bare), (character) => character.charCodeAt(0)));
}
