import { describe, expect, test } from 'vitest';
import { decodeHttp2 } from '../../src/match/http2-request.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import type { HttpConnectionManager } from '../../src/model/generated/envoy-api.ts';

const decode = (request: TraceRequest, hcm: HttpConnectionManager = {}, isTls = false) =>
  decodeHttp2({ authority: 'a.com', path: '/', ...request }, isTls, { hcm, knowsQuery: true });
const lines = (count: number): NonNullable<TraceRequest['headers']> => Array.from({ length: count }, (_, i) => [`x${i}`, 'a'] as const);

describe('what HTTP/2 refuses, the client sees as a reset', () => {
  test.each<[string, TraceRequest, HttpConnectionManager, string, string]>([
    ['a slash in the authority', { authority: 'a/b' }, {}, 'DPE', 'http2.invalid.header.field'],
    ['a user in the authority', { authority: 'user@a.com' }, {}, 'DPE', 'http2.invalid.header.field'],
    ['an empty path', { path: '' }, {}, 'DPE', 'http2.invalid.header.field'],
    ['a blank in the path', { path: '/a b' }, {}, 'DPE', 'http2.invalid.header.field'],
    ['a path without a slash', { path: 'a' }, {}, 'DPE', 'http2.violation.of.messaging.rule'],
    ['* for another method than OPTIONS', { path: '*' }, {}, 'DPE', 'http2.violation.of.messaging.rule'],
    ['an extended CONNECT that is not allowed', { method: 'CONNECT', connect_protocol: 'websocket' }, {}, 'DPE', 'http2.invalid.header.field'],
    ['a control character in a value', { headers: [['x', 'a\u0001']] }, {}, 'DPE', 'http2.invalid.header.field'],
    ['a blank in a name', { headers: [['x y', 'a']] }, {}, 'DPE', 'http2.invalid.header.field'],
    ['a pseudo header among the headers', { headers: [[':path', '/b']] }, {}, 'DPE', 'http2.invalid.header.field'],
    ['no name', { headers: [['', 'a']] }, {}, 'DPE', 'http2.invalid.header.field'],
    ['a length that is no number', { headers: [['content-length', ' 5']] }, {}, 'DPE', 'http2.invalid.header.field'],
    ['a te that is not trailers', { headers: [['te', 'trailers ']] }, {}, 'DPE', 'http2.invalid.header.field'],
    ['a host with a blank beside the authority', { headers: [['host', ' b.com']] }, {}, 'DPE', 'http2.invalid.header.field'],
    ['an empty host beside the authority', { headers: [['host', '']] }, {}, 'DPE', 'http2.invalid.header.field'],
    ['too many headers, pseudo headers among them', { headers: lines(97) }, {}, 'DR', 'http2.too_many_headers'],
    ['too long headers', { headers: [['x', 'a'.repeat(61 * 1024)]] }, {}, 'DR', 'http2.header_list_size_too_large'],
    [
      'an underscore where told so',
      { headers: [['x_y', 'a']] },
      { common_http_protocol_options: { headers_with_underscores_action: 'REJECT_REQUEST' } },
      'DR',
      'http2.unexpected_underscore',
    ],
  ])('%s', (_, request, hcm, flags, details) => {
    expect(decode(request, hcm)).toEqual({ kind: 'error', status: null, flags, details });
  });
});

describe('what it takes', () => {
  test('any method, in any case', () => {
    expect(decode({ method: 'foo' })).toMatchObject({ kind: 'request', method: 'foo' });
  });

  test('96 headers besides its four own', () => {
    expect(decode({ headers: lines(96) }).kind).toBe('request');
  });

  test.each([' a', 'a ', '\ta', 'a\t', ' \ta b\t ', ' ', '', '\u00a0a'])('the blanks around a value stay: %j', (value) => {
    expect(decode({ headers: [['x-a', value]] })).toMatchObject({ kind: 'request', lines: [['x-a', value]] });
  });

  test('te: Trailers, and a host beside the authority, which counts for nothing', () => {
    const headers: TraceRequest['headers'] = [
      ['te', 'Trailers'],
      ['host', 'b.com'],
    ];
    expect(decode({ headers })).toMatchObject({ kind: 'request', authority: 'a.com', lines: [['te', 'Trailers']] });
  });

  test('cookies are joined', () => {
    expect(
      decode({
        headers: [
          ['cookie', 'a=1'],
          ['x', 'y'],
          ['cookie', 'b=2'],
        ],
      }),
    ).toMatchObject({
      lines: [
        ['x', 'y'],
        ['cookie', 'a=1; b=2'],
      ],
    });
  });

  test('the scheme that it says, by default that of the connection', () => {
    expect([decode({}), decode({}, {}, true), decode({ scheme_h2: 'https' })]).toMatchObject([{ scheme: 'http' }, { scheme: 'https' }, { scheme: 'https' }]);
  });

  test('an extended CONNECT becomes the upgrade that HTTP/1 would send', () => {
    const request: TraceRequest = { method: 'CONNECT', connect_protocol: 'websocket', path: '/chat' };
    expect(decode(request, { http2_protocol_options: { allow_connect: true } })).toMatchObject({
      method: 'GET',
      path: '/chat',
      lines: [
        ['connection', 'upgrade'],
        ['upgrade', 'websocket'],
      ],
    });
  });

  test('CONNECT has neither path nor scheme', () => {
    expect(decode({ method: 'CONNECT', authority: 'a.com:80' })).toMatchObject({ method: 'CONNECT', path: undefined, scheme: undefined });
  });
});
