import { describe, expect, test } from 'vitest';
import { decodeMessage } from '../../src/decode/decode-message.ts';
import { maskSecretBytes, maskSecrets, maskSecretsAt, REDACTED, REDACTED_BYTES } from '../../src/dump/mask-secrets.ts';
import { KEPT } from '../../src/model/message.ts';

const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const secrets: readonly (readonly [title: string, value: object, masked: object])[] = [
  ['a private key', { tls_certificate: { private_key: { inline_string: 'k' } } }, { tls_certificate: { private_key: { inline_string: REDACTED } } }],
  ['a private key in bytes', { privateKey: { inlineBytes: 'aw==' } }, { privateKey: { inlineBytes: REDACTED_BYTES } }],
  ['a key file stays', { private_key: { filename: '/etc/key.pem' } }, { private_key: { filename: '/etc/key.pem' } }],
  ['a password', { password: { inline_string: 'p' } }, { password: { inline_string: REDACTED } }],
  ['a generic secret', { generic_secret: { secret: { inline_string: 's' } } }, { generic_secret: { secret: { inline_string: REDACTED } } }],
  [
    'each of several generic secrets',
    { genericSecret: { secrets: { a: { inlineString: 's' } } } },
    { genericSecret: { secrets: { a: { inlineString: REDACTED } } } },
  ],
  ['session ticket keys', { session_ticket_keys: { keys: [{ inline_bytes: 'a2V5' }] } }, { session_ticket_keys: { keys: [{ inline_bytes: REDACTED_BYTES }] } }],
  ['basic-auth users', { users: { inline_string: 'joe:{SHA}x' } }, { users: { inline_string: REDACTED } }],
  ['an API key', { credentials: [{ key: 'abc', client: 'joe' }] }, { credentials: [{ key: REDACTED, client: 'joe' }] }],
  ['a Redis password', { auth_password: { inline_string: 'x' } }, { auth_password: { inline_string: REDACTED } }],
  ['a token', { access_token: 'abc' }, { access_token: REDACTED }],
  ['an added authorization header', { header: { key: 'Authorization', value: 'Basic YWJj' } }, { header: { key: 'Authorization', value: REDACTED } }],
  ['a header whose value stands first', { value: 'abc', key: 'x-api-key' }, { value: REDACTED, key: 'x-api-key' }],
  [
    'a matched authorization header',
    { name: 'authorization', string_match: { exact: 'Bearer abc' } },
    { name: 'authorization', string_match: { exact: REDACTED } },
  ],
  ['a PEM key in an unknown place', { odd: `x ${PEM} y` }, { odd: `x ${REDACTED} y` }],
  ['a base64 PEM key in an unknown place', { odd: base64(PEM) }, { odd: REDACTED }],
  ['a JSON web token', { odd: 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl' }, { odd: `Bearer ${REDACTED}` }],
  ['a password in a URL', { uri: 'redis://joe:hunter2@db:6379' }, { uri: `redis://joe:${REDACTED}@db:6379` }],
  ['JSON text within a string', { configuration: '{"client_secret":"s","a":1}' }, { configuration: `{"client_secret":"${REDACTED}","a":1}` }],
];

const open: readonly (readonly [title: string, value: object])[] = [
  ['a certificate', { tls_certificate: { certificate_chain: { inline_bytes: base64('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----') } } }],
  ['what Envoy has redacted', { private_key: { inline_bytes: REDACTED_BYTES }, password: { inline_string: REDACTED } }],
  ['a route below a virtual host that bears the name of a token', { name: 'my-token', routes: [{ match: { prefix: '/a' } }] }],
  ['a scheme alone', { name: 'authorization', string_match: { prefix: 'Bearer ' } }],
  ['a header that is only a substitution', { key: 'authorization', value: 'Bearer %REQ(x-upstream-token)%' }],
  ['a token endpoint', { token_endpoint: { uri: 'https://auth.example.com/token', cluster: 'auth' } }],
];

describe('masking a value', () => {
  test.each(secrets)('%s', (_, value, masked) => {
    expect(maskSecrets(value)).toEqual(masked);
  });

  test.each(open)('is not about %s', (_, value) => {
    expect(maskSecrets(value)).toBe(value);
  });

  test('the input stays as it was, and parts without secrets are shared', () => {
    const value = { a: { b: [1] }, password: 'p' };
    const masked = maskSecrets(value);
    expect(value.password).toBe('p');
    expect(masked.a).toBe(value.a);
  });

  test('what a decoded message keeps of unknown fields is masked too', () => {
    const message = decodeMessage(
      'envoy.extensions.transport_sockets.tls.v3.TlsCertificate',
      { private_key: { inline_string: 'k' }, newer: { password: 'p' } },
      [],
      [],
    );
    const masked = maskSecrets(message);
    expect(masked).toMatchObject({ private_key: { inline_string: REDACTED } });
    expect(masked[KEPT]).toEqual({ newer: { password: REDACTED } });
  });
});

describe("masking a dump's own bytes", () => {
  test.each(secrets)('%s', (_, value, masked) => {
    expect(JSON.parse(textOf(maskSecretBytes(bytesOf(value))))).toEqual(masked);
  });

  test.each(open)('is not about %s', (_, value) => {
    const bytes = bytesOf(value);
    expect(maskSecretBytes(bytes)).toBe(bytes);
  });

  test('everything around a secret keeps its bytes', () => {
    const text = '{ "a" : 1.000,\r\n "private_key":{"inline_string" : "k\\u0041\\"" },"b":12345678901234567890 }';
    expect(textOf(maskSecretBytes(bytesOf(text)))).toBe('{ "a" : 1.000,\r\n "private_key":{"inline_string" : "[redacted]" },"b":12345678901234567890 }');
  });

  test('of a repeated key both values are masked', () => {
    expect(textOf(maskSecretBytes(bytesOf('{"password":"a","password":"b"}')))).toBe('{"password":"[redacted]","password":"[redacted]"}');
  });

  test('bytes that are not JSON are not shown', () => {
    expect(textOf(maskSecretBytes(bytesOf('{"password" "hunter2"}')))).not.toContain('hunter2');
  });
});

test.each([
  [['configs', 4, 'secret', 'tls_certificate', 'private_key', 'inline_string'], 'k', REDACTED],
  [['private_key'], { inline_string: 'k' }, { inline_string: REDACTED }],
  [['tls_certificate', 'private_key'], { filename: 'k' }, { filename: 'k' }],
  [['http_filters', 0, 'typed_config', 'users', 'inline_string'], 'joe:x', REDACTED],
  [['clusters', 0, 'name'], 'my-token', 'my-token'],
])('a value at %j is masked by the keys above it', (path, value, masked) => {
  expect(maskSecretsAt(path, value)).toEqual(masked);
});
