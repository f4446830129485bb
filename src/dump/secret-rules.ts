import { isCredentialName } from './credentials.ts';

/** What Envoy itself writes in place of a sensitive text (MessageUtil::redact in source/common/protobuf/utility.cc). */
export const REDACTED = '[redacted]';

/** The same in a field of bytes: base64 of `[redacted]`. */
export const REDACTED_BYTES = 'W3JlZGFjdGVkXQ==';

/** What the place of a value says about it, from the outermost key inwards. */
export interface SecretScope {
  /** Below a field whose data source is secret: `private_key`, `generic_secret` … */
  readonly secretSource: boolean;
  /** Within an object that names a credential header (`{key: authorization, value: …}`). */
  readonly credentialHeader: boolean;
  /** Within `credentials` of the API key filter, whose `key` is the secret. */
  readonly credentials: boolean;
}

export const OPEN_SCOPE: SecretScope = { secretSource: false, credentialHeader: false, credentials: false };

/** Messages and data sources whose inline data is secret, by field name: the fields that Envoy's API marks `sensitive`, and their like. */
const SECRET_SOURCES = new Set([
  'private_key',
  'password',
  'pkcs12',
  'generic_secret',
  'session_ticket_keys',
  'users',
  'auth_password',
  'auth_passwords',
  'downstream_auth_password',
  'downstream_auth_passwords',
  'access_token',
  'token',
  'client_secret',
  'hmac_secret',
  'token_secret',
  'json_key',
  'shared_secret',
  'encryption_key',
]);

/** Fields whose own text is secret. */
const SECRET_TEXTS = new Set([
  ...SECRET_SOURCES,
  'passphrase',
  'passwd',
  'refresh_token',
  'google_refresh_token',
  'authorization_token',
  'bearer_token',
  'id_token',
  'secret_access_key',
  'secret_key',
  'session_token',
  'api_key',
  'apikey',
  'connection_string',
]);

const INLINE = new Set(['inline_string', 'inline_bytes']);
const BYTES = new Set(['inline_bytes', 'raw_value', 'value_bytes']);
const HEADER_NAMES = new Set(['key', 'name', 'header', 'header_name']);
const HEADER_VALUES = new Set(['value', 'raw_value', 'exact', 'exact_match', 'prefix', 'prefix_match', 'suffix', 'suffix_match', 'contains', 'contains_match']);

const PEM_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const BASE64_PEM = /^LS0tLS1CRUdJT[A-Za-z0-9+/=\s]+$/;
const BASE64_PRIVATE = /UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW/;
const JSON_WEB_TOKEN = /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/g;
const URL_PASSWORD = /(\w:\/\/[^\s/:@"']*:)[^\s/@"']+(?=@)/g;
const JSON_WEB_KEY = /"kty"\s*:\s*"oct"|"kty"[\s\S]*"d"\s*:/;
const SUBSTITUTION_ONLY = /^(?:\w+ )?%[^%]+%$|^(?:Basic|Bearer|Digest|Negotiate|ApiKey)?\s*$/i;

/** What the key of a field says of the text, the object or the list under it. */
interface KeyFacts {
  /** `privateKey` and `private_key` are one field; `X-Api-Key` and `x_api_key` too. */
  readonly field: string;
  readonly isSecretText: boolean;
  readonly isInline: boolean;
  readonly isHeaderName: boolean;
  readonly isHeaderValue: boolean;
  readonly replacement: string;
  /** The scope of what stands under it in an object where nothing is said yet. */
  readonly scope: SecretScope;
}

/** A dump repeats a few keys without end. */
const knownKeys = new Map<string, KeyFacts>();
const MAX_REMEMBERED = 1 << 12;

function keyFacts(key: string): KeyFacts {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const field = key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
  const facts: KeyFacts = {
    field,
    isSecretText: SECRET_TEXTS.has(field),
    isInline: INLINE.has(field),
    isHeaderName: HEADER_NAMES.has(field),
    isHeaderValue: HEADER_VALUES.has(field),
    replacement: BYTES.has(field) ? REDACTED_BYTES : REDACTED,
    scope: scopeOf(SECRET_SOURCES.has(field), false, field === 'credentials'),
  };
  if (knownKeys.size < MAX_REMEMBERED) knownKeys.set(key, facts);
  return facts;
}

function scopeOf(secretSource: boolean, credentialHeader: boolean, credentials: boolean): SecretScope {
  return secretSource || credentialHeader || credentials ? { secretSource, credentialHeader, credentials } : OPEN_SCOPE;
}

/** Whether a value below this key may be secret, so that a message must not quote it. */
export function isSecretKey(key: string): boolean {
  const { isSecretText, scope } = keyFacts(key);
  return isSecretText || scope !== OPEN_SCOPE || isCredentialName(key);
}

/** The scope of the object or list that stands under `key` in an object of the given scope. */
export function scopeBelow(scope: SecretScope, key: string): SecretScope {
  const { field, scope: own } = keyFacts(key);
  if (scope === OPEN_SCOPE) return own;
  // A header matcher holds its text one level down; nothing else below an object that merely bears such a name is a credential.
  return scopeOf(scope.secretSource || own.secretSource, scope.credentialHeader && field === 'string_match', own.credentials);
}

/** Whether a member of an object names what the object is of: a header, say. */
export function isNaming(key: string): boolean {
  return keyFacts(key).isHeaderName;
}

/** The scope within an object that a member names so (see {@link isNaming}). */
export function scopeNamed(scope: SecretScope, name: string): SecretScope {
  return isCredentialName(name) ? { ...scope, credentialHeader: true } : scope;
}

/** The text as it may be shown: the text itself, or with its secret part replaced. */
export function maskedText(key: string, text: string, scope: SecretScope): string {
  if (text === '' || text === REDACTED || text === REDACTED_BYTES) return text;
  const { field, isSecretText, isInline, isHeaderValue, replacement } = keyFacts(key);
  if (isSecretText || (scope.secretSource && isInline)) return replacement;
  if (scope.credentials && field === 'key') return replacement;
  if (scope.credentialHeader && isHeaderValue && !SUBSTITUTION_ONLY.test(text)) return replacement;
  return maskedContent(text, replacement);
}

/** Secrets that are known by their look, wherever they stand. */
function maskedContent(text: string, replacement: string): string {
  if (text.length < 16) return text;
  if (BASE64_PEM.test(text) && BASE64_PRIVATE.test(text)) return replacement;
  if (text.includes('"kty"') && JSON_WEB_KEY.test(text)) return replacement;
  let shown = text;
  if (shown.includes('PRIVATE KEY')) shown = shown.replace(PEM_KEY, REDACTED);
  if (shown.includes('eyJ')) shown = shown.replace(JSON_WEB_TOKEN, REDACTED);
  if (shown.includes('://')) shown = shown.replace(URL_PASSWORD, `$1${REDACTED}`);
  return shown;
}

/** Whether the text of a string is JSON that may hold named secrets itself (a Wasm plugin's configuration, say). */
export function mayBeJson(text: string): boolean {
  return text.length > 8 && /^\s*[{[]/.test(text) && /(?:key|passw|passphrase|secret|token|authorization|credential|users)/i.test(text);
}
