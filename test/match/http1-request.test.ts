import { describe, expect, test } from 'vitest';
import { decodeHttp1 } from '../../src/match/http1-request.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import type { HttpConnectionManager } from '../../src/model/generated/envoy-api.ts';

type Lines = NonNullable<TraceRequest['headers']>;
const decode = (request: TraceRequest, hcm: HttpConnectionManager = {}, version: '1.0' | '1.1' = '1.1') =>
  decodeHttp1({ authority: 'a.com', path: '/', ...request }, version === '1.0', { hcm, knowsQuery: true });
const refusal = (request: TraceRequest, hcm: HttpConnectionManager = {}): string => {
  const decoded = decode(request, hcm);
  return decoded.kind === 'error' ? `${decoded.status} ${decoded.details}` : 'taken';
};
/** The lines that are left of those sent. */
const linesOf = (headers: Lines, request: TraceRequest = {}, hcm: HttpConnectionManager = {}): Record<string, string> => {
  const decoded = decode({ ...request, headers }, hcm);
  return decoded.kind === 'error' ? { refused: decoded.details } : Object.fromEntries(decoded.lines);
};
const CODEC_ERROR = '400 http1.codec_error';
const INVALID_URL = '400 http1.invalid_url';

describe('the first line', () => {
  test.each([
    ['GET', 'taken'],
    ['PROPFIND', 'taken'],
    ['QUERY', 'taken'],
    ['get', CODEC_ERROR],
    ['FOO', CODEC_ERROR],
    ['M-SEARCH', CODEC_ERROR],
  ])('method %s: %s', (method, expected) => {
    expect(refusal({ method })).toBe(expected);
  });

  test('custom methods are tokens', () => {
    const hcm = { http_protocol_options: { allow_custom_methods: true } };
    expect(['FOO', 'm-search', 'F(O'].map((method) => refusal({ method }, hcm))).toEqual(['taken', 'taken', CODEC_ERROR]);
  });

  test.each([
    ['/a?b=c', 'taken'],
    ['/a\\b"<>^`{|}', 'taken'],
    ['', CODEC_ERROR],
    ['a', CODEC_ERROR],
    ['?x', CODEC_ERROR],
    ['/a b', CODEC_ERROR],
    ['/é', CODEC_ERROR],
    ['/a\u0001', '400 http1.invalid_characters'],
    ['*', INVALID_URL],
    ['http://', INVALID_URL],
    ['http:///x', INVALID_URL],
    ['http://b_c.com/', INVALID_URL],
    ['http://b.com:99999/', INVALID_URL],
    ['http://b.com:/', INVALID_URL],
    ['http://a@@b.com/', CODEC_ERROR],
    ['ftp://b.com/', '400 http1.invalid_scheme'],
    ['mailto:a@b.com', CODEC_ERROR],
  ])('target %s: %s', (path, expected) => {
    expect(refusal({ path })).toBe(expected);
  });

  test('an absolute target says authority, scheme and path; user information is dropped', () => {
    expect(decode({ path: 'HTTPS://user:pw@B.com:81/x?y' })).toMatchObject({ authority: 'B.com:81', scheme: 'https', path: '/x?y' });
  });

  test('with allow_absolute_url: false it is a path like any other', () => {
    expect(decode({ path: 'http://b.com/' }, { http_protocol_options: { allow_absolute_url: false } })).toMatchObject({
      authority: 'a.com',
      path: 'http://b.com/',
    });
  });

  test.each([
    ['a.com:80', 'taken'],
    ['a.com', INVALID_URL],
    ['/', INVALID_URL],
  ])('CONNECT %s: %s', (path, expected) => {
    expect(refusal({ method: 'CONNECT', path })).toBe(expected);
  });

  test('CONNECT has no path, and its target is its authority', () => {
    expect(decode({ method: 'CONNECT', path: 'b.com:80' })).toMatchObject({ path: undefined, authority: 'b.com:80' });
  });

  test('HTTP/1.0 is refused before its host is looked at, unless it is accepted', () => {
    expect(decode({ authority: 'a/b' }, {}, '1.0')).toMatchObject({ status: 426, details: 'low_version', flags: 'DPE' });
    const hcm = { http_protocol_options: { accept_http_10: true, default_host_for_http_10: 'ten.com' } };
    expect(decode({ authority: null }, hcm, '1.0')).toMatchObject({ authority: 'ten.com' });
  });
});

describe('the host', () => {
  test.each([
    ['a,b', 'taken'],
    ['a_b~!$&()*+;=%', 'taken'],
    ['[::1]:80', 'taken'],
    ['a/b', '400 http.invalid_authority'],
    ['a?b', '400 http.invalid_authority'],
    ['a"b', '400 http.invalid_authority'],
    ['a b', '400 http.invalid_authority'],
    [' a.com\t', 'taken'],
    ['a.com\u000b', '400 http1.invalid_characters'],
    ['a.com\u00a0', '400 http.invalid_authority'],
  ])('%s: %s', (authority, expected) => {
    expect(refusal({ authority })).toBe(expected);
  });

  test('lines are joined, empty ones do not count', () => {
    const joined = (authority: string, other: string) => decode({ authority, headers: [['Host', other]] });
    expect([joined('a', 'b'), joined('a', ''), joined('', 'b')]).toMatchObject([{ authority: 'a,b' }, { authority: 'a' }, { authority: 'b' }]);
  });
});

describe('header lines', () => {
  test.each<[string, Lines, string]>([
    ['a blank in a name', [['x y', 'a']], CODEC_ERROR],
    ['no name', [['', 'a']], CODEC_ERROR],
    ['a pseudo header', [[':path', '/b']], CODEC_ERROR],
    ['a control character', [['x', 'a\u0001']], '400 http1.invalid_characters'],
    ['a tab is fine', [['x', 'a\tb']], 'taken'],
    ['bytes above 127 are fine', [['x', 'é']], 'taken'],
    ['a length that is no number', [['content-length', '+1']], CODEC_ERROR],
    [
      'two lengths, though equal',
      [
        ['content-length', '0'],
        ['content-length', '0'],
      ],
      CODEC_ERROR,
    ],
    [
      'length and chunks',
      [
        ['content-length', '0'],
        ['transfer-encoding', 'chunked'],
      ],
      '400 http1.content_length_and_chunked_not_allowed',
    ],
    ['another encoding', [['transfer-encoding', 'gzip, chunked']], '501 http1.invalid_transfer_encoding'],
    ['a nominated x-forwarded-for', [['connection', 'X-Forwarded-For']], '400 http1.connection_header_rejected'],
    ['ten nominated headers', [['connection', 'a,b,c,d,e,f,g,h,i,j']], '400 http1.connection_header_rejected'],
    ['nine are fine', [['connection', 'a,b,c,d,e,f,g,h,i']], 'taken'],
  ])('%s: %s', (_, headers, expected) => {
    expect(refusal({ headers })).toBe(expected);
  });

  test.each([
    [' a', 'a'],
    ['a\t', 'a'],
    [' \ta b\t ', 'a b'],
    [' ', ''],
    ['', ''],
    ['\u00a0a', '\u00a0a'],
  ])('the blanks and tabs around a value go: %j is %j', (value, expected) => {
    expect(linesOf([['x-a', value]])).toEqual({ 'x-a': expected });
  });

  test('CONNECT may not have a body', () => {
    expect(refusal({ method: 'CONNECT', path: 'a.com:80', headers: [['content-length', '5']] })).toBe('400 http1.body_disallowed');
  });

  test('with allow_chunked_length the chunks win', () => {
    const lines: Lines = [
      ['content-length', '5'],
      ['transfer-encoding', 'chunked'],
    ];
    expect(linesOf(lines, {}, { http_protocol_options: { allow_chunked_length: true } })).toEqual({ 'transfer-encoding': 'chunked' });
  });

  test('underscores are taken, dropped or refused', () => {
    const hcm = (headers_with_underscores_action: 'REJECT_REQUEST' | 'DROP_HEADER') => ({ common_http_protocol_options: { headers_with_underscores_action } });
    expect(linesOf([['x_y', 'a']])).toEqual({ x_y: 'a' });
    expect(linesOf([['x_y', 'a']], {}, hcm('DROP_HEADER'))).toEqual({});
    expect(refusal({ headers: [['x_y', 'a']] }, hcm('REJECT_REQUEST'))).toBe('400 http1.unexpected_underscore');
  });

  test('the header that comes first refuses: one too many, or one with an underscore', () => {
    const hcm = { common_http_protocol_options: { headers_with_underscores_action: 'REJECT_REQUEST' as const, max_headers_count: 3 } };
    const lines = ['x-0', 'x-1', 'x-2'].map((name): [string, string] => [name, '1']);
    expect(refusal({ headers: [...lines, ['x_y', 'a']] }, hcm)).toBe('431 http1.too_many_headers');
    expect(refusal({ headers: [['x_y', 'a'], ...lines] }, hcm)).toBe('400 http1.unexpected_underscore');
  });

  test('what Connection names is dropped: te but for its trailers, and even the host', () => {
    expect(
      linesOf([
        ['connection', 'x-foo, te'],
        ['x-foo', 'a'],
        ['te', 'gzip, trailers'],
      ]),
    ).toEqual({ connection: 'x-foo, te', te: 'trailers' });
    expect(decode({ headers: [['connection', 'host']] })).toMatchObject({ authority: undefined });
  });

  test('an upgrade keeps what Connection names', () => {
    expect(
      linesOf([
        ['connection', 'x-foo, Upgrade'],
        ['upgrade', 'websocket'],
        ['x-foo', 'a'],
      ]),
    ).toMatchObject({ 'x-foo': 'a' });
  });

  test('an upgrade to h2c is ignored', () => {
    expect(
      linesOf([
        ['connection', 'Upgrade, HTTP2-Settings'],
        ['upgrade', 'h2c'],
        ['http2-settings', 'AAAA'],
      ]),
    ).toEqual({});
  });

  test('ignore_http_11_upgrade drops the upgrades that it names', () => {
    const hcm = { http_protocol_options: { ignore_http_11_upgrade: [{ prefix: 'TLS/' }] } };
    expect(
      linesOf(
        [
          ['connection', 'Upgrade'],
          ['upgrade', 'TLS/1.0'],
        ],
        {},
        hcm,
      ),
    ).toEqual({});
    expect(
      linesOf(
        [
          ['connection', 'Upgrade'],
          ['upgrade', 'TLS/1.0, websocket'],
        ],
        {},
        hcm,
      ),
    ).toEqual({ connection: 'Upgrade', upgrade: 'websocket' });
  });

  test.each([
    ['POST', 'hi', { 'content-length': '2' }],
    ['POST', undefined, { 'content-length': '0' }],
    ['GET', undefined, {}],
    ['GET', 'é', { 'content-length': '2' }],
  ])('%s with the body %s carries %j', (method, body, expected) => {
    expect(linesOf([], { method, ...(body === undefined ? {} : { body }) })).toEqual(expected);
  });
});

describe('limits', () => {
  const many = (count: number, name = (i: number) => `x${i}`): Lines => Array.from({ length: count }, (_, i) => [name(i), 'a'] as const);

  test('100 headers, the host among them; those of a slot of their own count once', () => {
    expect(refusal({ headers: many(99) })).toBe('taken');
    expect(refusal({ headers: many(100) })).toBe('431 http1.too_many_headers');
    expect(refusal({ headers: many(101, () => 'user-agent') })).toBe('taken');
    expect(refusal({ headers: many(9) }, { common_http_protocol_options: { max_headers_count: 9 } })).toBe('431 http1.too_many_headers');
  });

  test('60 KiB for all lines as they are sent', () => {
    const rest = 'GET / HTTP/1.1\r\nhost: a.com\r\nx: \r\n\r\n'.length;
    const value = (length: number): Lines => [['x', 'a'.repeat(length)]];
    expect(refusal({ headers: value(60 * 1024 - rest) })).toBe('taken');
    expect(refusal({ headers: value(60 * 1024 - rest + 1) })).toBe('431 http1.headers_too_large');
    expect(refusal({ headers: value(1024) }, { max_request_headers_kb: 1 })).toBe('431 http1.headers_too_large');
  });
});
