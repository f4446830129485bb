import { describe, expect, test } from 'vitest';
import type { HeaderLine } from '../../src/match/connection-header.ts';
import { type ReceivedFrom, receivedHeaders } from '../../src/match/received-headers.ts';
import { requestHeaders } from '../../src/match/request-headers.ts';

const INTERNAL = { trusted: '10.0.0.1', isInternal: true, isEdge: false };
const EXTERNAL = { trusted: '8.8.8.8', isInternal: false, isEdge: false };
const EDGE = { trusted: '8.8.8.8', isInternal: false, isEdge: true };

function received(lines: readonly HeaderLine[], from: Partial<ReceivedFrom> = {}) {
  return receivedHeaders({ method: 'GET', path: '/', authority: 'a.com', scheme: undefined }, lines, {
    hcm: {},
    client: EXTERNAL,
    isTls: false,
    hasClientCertificate: false,
    peer: '8.8.8.8',
    localPort: 8080,
    node: undefined,
    sanitizesTe: true,
    ...from,
  });
}
const value = (name: string, lines: readonly HeaderLine[], from: Partial<ReceivedFrom> = {}): string | undefined => received(lines, from).first(name);

describe('headers that a connection manager drops', () => {
  test.each(['keep-alive', 'proxy-connection', 'transfer-encoding', 'x-envoy-internal', 'connection'])('%s always', (name) => {
    expect(value(name, [[name, 'a']], { client: INTERNAL })).toBe(name === 'x-envoy-internal' ? 'true' : undefined);
  });

  test('upgrade, unless the request is one', () => {
    expect(value('upgrade', [['upgrade', 'websocket']])).toBeUndefined();
    expect(
      value('upgrade', [
        ['upgrade', 'websocket'],
        ['connection', 'Upgrade'],
      ]),
    ).toBe('websocket');
  });

  test.each(['x-envoy-retry-on', 'x-envoy-max-retries', 'x-envoy-upstream-rq-timeout-ms', 'x-envoy-original-url', 'x-envoy-force-trace'])(
    '%s of anybody but an internal client',
    (name) => {
      expect([value(name, [[name, '1']]), value(name, [[name, '1']], { client: INTERNAL })]).toEqual([undefined, '1']);
    },
  );

  test.each(['x-envoy-downstream-service-cluster', 'x-envoy-downstream-service-node', 'x-envoy-decorator-operation'])('%s at the edge', (name) => {
    expect([value(name, [[name, 'a']], { client: EDGE }), value(name, [[name, 'a']])]).toEqual([undefined, 'a']);
  });

  test('te but for its trailers; all of it stays before Envoy 1.29', () => {
    expect(value('te', [['te', 'gzip']])).toBeUndefined();
    expect(value('te', [['te', 'gzip, trailers']])).toBe('trailers');
    expect(value('te', [['te', 'gzip']], { sanitizesTe: false })).toBe('gzip');
  });

  test.each([
    ['http://x.com/a?b', true],
    ['/relative', true],
    ['', true],
    ['http://x.com/#fragment', false],
    ['http://user@x.com/', false],
    ['about:blank', false],
    ['http://x y', false],
  ])('a referer that is none: "%s" stays: %s', (referer, stays) => {
    expect(value('referer', [['referer', referer]]) !== undefined).toBe(stays);
  });

  test.each([
    ['SANITIZE', true, undefined],
    ['FORWARD_ONLY', false, undefined],
    ['FORWARD_ONLY', true, 'a'],
    ['ALWAYS_FORWARD_ONLY', false, 'a'],
  ] as const)('x-forwarded-client-cert by %s, client certificate %s: %s', (forward_client_cert_details, hasClientCertificate, expected) => {
    expect(value('x-forwarded-client-cert', [['x-forwarded-client-cert', 'a']], { hcm: { forward_client_cert_details }, hasClientCertificate })).toBe(expected);
  });
});

describe('headers that it sets', () => {
  test.each([
    ['what the client says', {}, [['x-forwarded-proto', 'https']], 'https'],
    ['the connection where it says nothing', {}, [], 'http'],
    ['the connection with use_remote_address', { use_remote_address: true }, [['x-forwarded-proto', 'https']], 'http'],
    ['the client behind trusted hops', { use_remote_address: true, xff_num_trusted_hops: 1 }, [['x-forwarded-proto', 'https']], 'https'],
    ['the scheme that overwrites it', { scheme_header_transformation: { scheme_to_overwrite: 'https' } }, [['x-forwarded-proto', 'http']], 'https'],
  ] as const)('x-forwarded-proto: %s', (_, hcm, lines, expected) => {
    expect(value('x-forwarded-proto', lines, { hcm })).toBe(expected);
  });

  test(':scheme follows x-forwarded-proto where that is one', () => {
    const scheme = (proto: string) => value(':scheme', [['x-forwarded-proto', proto]]);
    expect([scheme('https'), scheme('HTTPS'), scheme('ftp')]).toEqual(['https', 'https', 'http']);
  });

  test('x-forwarded-for grows by the peer with use_remote_address', () => {
    const hcm = { use_remote_address: true };
    expect(value('x-forwarded-for', [['x-forwarded-for', '1.1.1.1']], { hcm })).toBe('1.1.1.1,8.8.8.8');
    expect(value('x-forwarded-for', [], { hcm: { ...hcm, skip_xff_append: true } })).toBeUndefined();
  });

  test('x-envoy-external-address at the edge, x-envoy-internal within', () => {
    expect(value('x-envoy-external-address', [['x-envoy-external-address', 'forged']], { client: EDGE })).toBe('8.8.8.8');
    expect(value('x-envoy-internal', [], { client: INTERNAL })).toBe('true');
  });

  test('x-forwarded-port where it is appended: the first to know overwrites it', () => {
    const hcm = { append_x_forwarded_port: true };
    expect(value('x-forwarded-port', [['x-forwarded-port', '1']], { hcm })).toBe('1');
    expect(value('x-forwarded-port', [], { hcm })).toBe('8080');
    expect(value('x-forwarded-port', [['x-forwarded-port', '1']], { hcm: { ...hcm, use_remote_address: true } })).toBe('8080');
  });

  test('add_user_agent names the node, via adds itself', () => {
    const from = { hcm: { add_user_agent: true, via: 'me' }, node: { id: 'node', cluster: 'cluster' } };
    const headers = received(
      [
        ['via', 'other'],
        ['user-agent', ''],
      ],
      from,
    );
    expect(['user-agent', 'x-envoy-downstream-service-cluster', 'x-envoy-downstream-service-node', 'via'].map((name) => headers.first(name))).toEqual([
      'cluster',
      'cluster',
      'node',
      'other, me',
    ]);
    expect(value('user-agent', [['user-agent', 'curl']], from)).toBe('curl');
  });
});

describe('values that Envoy makes up are known to be unknown', () => {
  const unknown = (lines: readonly HeaderLine[], from: Partial<ReceivedFrom>) => [...received(lines, from).unknown];
  test.each<[string, readonly HeaderLine[], Partial<ReceivedFrom>, string[]]>([
    ['a generated request id', [], {}, ['x-request-id']],
    ['none where the client has one', [['x-request-id', 'mine']], {}, []],
    ['but at the edge', [['x-request-id', 'mine']], { client: EDGE }, ['x-request-id']],
    ['unless it is preserved', [['x-request-id', 'mine']], { client: EDGE, hcm: { preserve_external_request_id: true } }, []],
    ['none is generated', [], { hcm: { generate_request_id: false } }, []],
    ["Envoy's own address for a loopback peer", [['x-request-id', 'a']], { peer: '127.0.0.1', hcm: { use_remote_address: true } }, ['x-forwarded-for']],
    [
      'what mutual TLS says of the client',
      [['x-request-id', 'a']],
      { hcm: { forward_client_cert_details: 'SANITIZE_SET' }, hasClientCertificate: true },
      ['x-forwarded-client-cert'],
    ],
  ])('%s', (_, lines, from, expected) => {
    expect(unknown(lines, from)).toEqual(expected);
  });
});

test('repeated lines are one value where Envoy keeps the header in a slot of its own', () => {
  const headers = requestHeaders([
    ['Accept', 'a'],
    ['accept', ''],
    ['accept', 'b'],
    ['x-a', '1'],
    ['X-A', '2'],
  ]);
  expect([headers.all('accept'), headers.all('x-a'), headers.first('x-a'), headers.all('x-b')]).toEqual([['a,b'], ['1', '2'], '1', []]);
});
