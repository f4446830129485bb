import { expect, test } from 'vitest';
import { shakeHands, type TlsClient } from '../../src/match/tls-handshake.ts';
import type { DownstreamTlsContext } from '../../src/model/generated/envoy-api.ts';

const CLIENT: TlsClient = { applicationProtocols: [], hasCertificate: false, identities: undefined };
const shake = (context: DownstreamTlsContext, client: Partial<TlsClient> = {}) => shakeHands(context, undefined, { ...CLIENT, ...client });
const CA = { trusted_ca: { inline_string: 'a CA' } };

test("ALPN takes the first of the server's protocols that the client offers", () => {
  const context: DownstreamTlsContext = { common_tls_context: { alpn_protocols: ['istio-peer-exchange', 'h2', 'http/1.1'] } };
  expect(shake(context, { applicationProtocols: ['http/1.1', 'h2'] })).toMatchObject({ applicationProtocol: 'h2' });
});

test('without a protocol in common the handshake goes on without one', () => {
  expect(shake({ common_tls_context: { alpn_protocols: ['h2'] } }, { applicationProtocols: ['foo'] })).toMatchObject({
    kind: 'established',
    applicationProtocol: undefined,
  });
});

test('protocols may be written as one text', () => {
  expect(shake({ common_tls_context: { alpn_protocols: ['h2,http/1.1'] } }, { applicationProtocols: ['http/1.1'] })).toMatchObject({
    applicationProtocol: 'http/1.1',
  });
});

test('a required client certificate that is missing ends the handshake', () => {
  expect(shake({ require_client_certificate: true }).kind).toBe('fails');
});

test('a mere CA asks for a client certificate that may be missing', () => {
  const context: DownstreamTlsContext = { common_tls_context: { validation_context: CA } };
  expect(shake(context)).toMatchObject({ kind: 'established', certificate: { presented: false, validated: false } });
  expect(shake(context, { hasCertificate: true })).toMatchObject({ certificate: { presented: true, validated: true }, isTrustAssumed: true });
});

test('names asked of the certificate make it required', () => {
  const context: DownstreamTlsContext = {
    common_tls_context: { validation_context: { ...CA, match_typed_subject_alt_names: [{ matcher: { exact: 'spiffe://a' } }] } },
  };
  expect(shake(context).kind).toBe('fails');
  expect(shake(context, { hasCertificate: true }).kind).toBe('established');
  expect(shake(context, { hasCertificate: true, identities: ['spiffe://b'] }).kind).toBe('fails');
  expect(shake(context, { hasCertificate: true, identities: ['spiffe://a'] }).kind).toBe('established');
});

test('a certificate that nobody asked for is not presented', () => {
  expect(shake({}, { hasCertificate: true })).toMatchObject({ certificate: { presented: false, validated: false } });
});

test('ACCEPT_UNTRUSTED: presented, not validated', () => {
  const context: DownstreamTlsContext = { common_tls_context: { validation_context: { ...CA, trust_chain_verification: 'ACCEPT_UNTRUSTED' } } };
  expect(shake(context, { hasCertificate: true })).toMatchObject({ certificate: { presented: true, validated: false } });
});

test('require_sni is not enforced', () => {
  expect(shake({ require_sni: true }).kind).toBe('established');
});
