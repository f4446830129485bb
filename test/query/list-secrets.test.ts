import { describe, expect, test } from 'vitest';
import { decodeBase64, pemCertificates, readCertificate } from '../../src/query/certificate.ts';
import { filterRows } from '../../src/query/filter-rows.ts';
import { listSecrets, secretFilters } from '../../src/query/list-secrets.ts';
import { base64, LEAF_PEM, ROOT_PEM } from '../support/certificates.ts';
import { configDump, type Json, proxyOf, secretsSection } from '../support/dump-builders.ts';
import { columnOf, tableOf } from '../support/table-of.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const listed = async (...secrets: readonly Json[]) => listSecrets(await proxyOf(configDump(secretsSection(...secrets))), NOW);
const chainOf = (name: string, pem: string): Json => ({
  name,
  tls_certificate: { certificate_chain: { inline_bytes: base64(pem) }, private_key: { inline_string: '[redacted]' } },
});

test('a certificate is read from its own bytes', () => {
  const [der] = pemCertificates(LEAF_PEM);
  expect(readCertificate(der as Uint8Array)).toEqual({
    serial: '0000000000000000000000000000ff01',
    notBefore: new Date('2026-11-21T23:52:20Z'),
    notAfter: new Date('2027-11-21T23:52:20Z'),
    isCa: false,
    subject: 'CN=shop',
    issuer: 'O=Example, CN=Root',
    altNames: ['URI:spiffe://example.test/ns/shop/sa/catalog', 'DNS:shop.example', 'IP:10.0.0.1'],
  });
});

test.each([
  ['no bytes', new Uint8Array()],
  ['text', new TextEncoder().encode('not a certificate')],
  ['a cut certificate', (pemCertificates(LEAF_PEM)[0] as Uint8Array).subarray(0, 100)],
  ['a length beyond the end', Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)],
])('%s is no certificate', (_, bytes) => {
  expect(readCertificate(bytes)).toBeUndefined();
});

test('base64 is read in both alphabets, and other text is none', () => {
  expect(decodeBase64('-_8=')).toEqual(Uint8Array.of(0xfb, 0xff));
  expect(decodeBase64('%')).toBeUndefined();
});

test("the default table has istioctl's columns, and every certificate of a chain", async () => {
  const listing = await listed(chainOf('default', LEAF_PEM + ROOT_PEM), { name: 'ROOTCA', validation_context: { trusted_ca: { inline_string: ROOT_PEM } } });
  const leaf = { 'SERIAL NUMBER': '0000000000000000000000000000ff01', 'NOT AFTER': '2027-11-21T23:52:20Z', 'NOT BEFORE': '2026-11-21T23:52:20Z' };
  const root = { 'SERIAL NUMBER': '00000000000000000102030405060708', 'NOT AFTER': '2036-11-18T23:52:20Z', 'NOT BEFORE': '2026-11-21T23:52:20Z' };
  const common = { STATUS: 'ACTIVE', 'VALID CERT': 'true' };
  expect(tableOf(listing)).toEqual([
    { 'RESOURCE NAME': 'default', TYPE: 'Cert Chain', ...common, ...leaf },
    { 'RESOURCE NAME': 'default', TYPE: 'Intermediate CA', ...common, ...root },
    { 'RESOURCE NAME': 'ROOTCA', TYPE: 'CA', ...common, ...root },
  ]);
});

test('validity is judged by the given time', async () => {
  const proxy = await proxyOf(configDump(secretsSection(chainOf('default', LEAF_PEM))));
  const valid = (now: string) => columnOf(listSecrets(proxy, new Date(now)), 'VALID CERT')[0];
  expect([valid('2026-11-21T23:52:20Z'), valid('2026-11-21T23:52:21Z'), valid('2027-11-21T23:52:20Z')]).toEqual(['false', 'true', 'false']);
});

test('the wide table shows who, by whom, for what and how long', async () => {
  expect(tableOf(await listed(chainOf('default', LEAF_PEM)), true)).toMatchObject([
    {
      'TRUST DOMAIN': 'example.test',
      'DAYS LEFT': '324',
      SUBJECT: 'CN=shop',
      ISSUER: 'O=Example, CN=Root',
      'ALT NAMES': 'URI:spiffe://example.test/ns/shop/sa/catalog,DNS:shop.example,IP:10.0.0.1',
      FROM: 'inline',
    },
  ]);
});

test('a certificate in a file is not judged, and the file is named', async () => {
  const listing = await listed({ name: 'files', tls_certificate: { certificate_chain: { filename: '/etc/certs/cert.pem' } } });
  expect(tableOf(listing, true)).toMatchObject([{ 'VALID CERT': 'unknown', FROM: 'file /etc/certs/cert.pem' }]);
});

test('each trust bundle of a SPIFFE validator has its rows', async () => {
  const typed_config = {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig',
    trust_domains: ['east.local', 'west.local'].map((name) => ({ name, trust_bundle: { inline_bytes: base64(ROOT_PEM) } })),
  };
  const listing = await listed({ name: 'ROOTCA', validation_context: { trusted_ca: {}, custom_validator_config: { name: 'spiffe', typed_config } } });
  expect(columnOf(listing, 'TRUST DOMAIN')).toEqual(['east.local', 'west.local']);
});

describe('secrets of other kinds and states', () => {
  test('are listed without a certificate', async () => {
    const listing = await listed({ name: 'token', generic_secret: { secret: { inline_string: '[redacted]' } } }, { name: 'tickets', session_ticket_keys: {} });
    expect(tableOf(listing).map((row) => [row['RESOURCE NAME'], row['TYPE'], row['VALID CERT']])).toEqual([
      ['token', 'Generic', 'false'],
      ['tickets', 'Session Ticket Keys', 'false'],
    ]);
  });

  test('warming ones stand first, static ones last', async () => {
    const section = {
      '@type': 'type.googleapis.com/envoy.admin.v3.SecretsConfigDump',
      static_secrets: [{ name: 's', secret: chainOf('s', LEAF_PEM) }],
      dynamic_active_secrets: [{ name: 'a', secret: chainOf('a', LEAF_PEM) }],
      dynamic_warming_secrets: [{ name: 'w', secret: { name: 'w' } }],
    };
    expect(columnOf(listSecrets(await proxyOf(configDump(section)), NOW), 'STATUS')).toEqual(['WARMING', 'ACTIVE', 'STATIC']);
  });
});

test('without a secrets section, /certs is listed', async () => {
  const details = {
    path: 'cert.pem',
    serial_number: 'ff01',
    subject_alt_names: [{ uri: 'spiffe://example.test/ns/a/sa/b' }],
    valid_from: '2026-11-21T23:52:20Z',
    expiration_time: '2027-11-21T23:52:20Z',
  };
  const listing = listSecrets(await proxyOf({ certificates: [{ ca_cert: [], cert_chain: [details] }] }), NOW);
  expect(tableOf(listing)).toMatchObject([
    { 'RESOURCE NAME': 'cert.pem', TYPE: 'Cert Chain', 'VALID CERT': 'true', 'SERIAL NUMBER': 'ff01', 'TRUST DOMAIN': 'example.test' },
  ]);
  expect(listing.notes).toHaveLength(1);
});

test('--name filters', async () => {
  const { rows } = await listed(chainOf('default', LEAF_PEM), chainOf('other', LEAF_PEM));
  expect(filterRows(rows, secretFilters({ name: 'def*' })).kept.map((row) => row.name)).toEqual(['default']);
});
