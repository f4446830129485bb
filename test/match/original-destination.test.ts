import { describe, expect, test } from 'vitest';
import { originalDestination } from '../../src/match/original-destination.ts';
import { requestHeaders } from '../../src/match/request-headers.ts';

const RESTORED = { address: '10.1.2.3', port: 443 };
const byHeader = (value: string, config = {}, restored?: typeof RESTORED) =>
  originalDestination({ use_http_header: true, ...config }, requestHeaders([['x-envoy-original-dst-host', value]]), restored);

describe('the header that names the destination, as Envoy 1.40 read it', () => {
  test.each([
    ['127.0.0.1:80', '127.0.0.1:80'],
    [' 127.0.0.1:80 ', '127.0.0.1:80'],
    ['[::1]:80', '[::1]:80'],
    ['127.0.0.1:0', '127.0.0.1:0'],
    ['127.0.0.1:+80', '127.0.0.1:80'],
    ['127.0.0.1:0080', '127.0.0.1:80'],
  ])('"%s" is %s', (value, address) => {
    expect(byHeader(value)).toMatchObject({ kind: 'address', address });
  });

  test.each([
    'localhost:80',
    '::1:80',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:99999',
    '127.0.0.1:80x',
    '127.0.0.1:80,127.0.0.1:81',
    '127.1:80',
    '1.2.3:80',
    '0127.0.0.1:80',
    '[127.0.0.1]:80',
    '[::1]',
    '[::1]:',
    'http://127.0.0.1:80',
    '',
  ])('"%s" is no address', (value) => {
    expect(byHeader(value).kind).toBe('none');
  });

  test('a value that is no address falls back to the restored destination', () => {
    expect(byHeader('garbage', {}, RESTORED)).toMatchObject({ address: '10.1.2.3:443' });
  });

  test('the first of several values counts', () => {
    const headers = requestHeaders([
      ['x-dst', '10.0.0.1:80'],
      ['x-dst', '10.0.0.2:80'],
    ]);
    expect(originalDestination({ use_http_header: true, http_header_name: 'X-Dst' }, headers, undefined)).toMatchObject({ address: '10.0.0.1:80' });
  });

  test('is not read without use_http_header', () => {
    expect(byHeader('127.0.0.1:80', { use_http_header: false }).kind).toBe('none');
  });
});

test('upstream_port_override replaces the port, wherever the address came from', () => {
  expect(byHeader('127.0.0.1:80', { upstream_port_override: 15008 })).toMatchObject({ address: '127.0.0.1:15008' });
  expect(originalDestination({ upstream_port_override: 15008 }, requestHeaders([]), RESTORED)).toMatchObject({ address: '10.1.2.3:15008' });
});

test('without header and restored destination there is none, and it says what was looked at', () => {
  expect(byHeader('garbage')).toEqual({
    kind: 'none',
    why: `header x-envoy-original-dst-host: "garbage" is no address, and nothing restored the connection's original destination`,
  });
});
