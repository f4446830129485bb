import { describe, expect, test } from 'vitest';
import { parseCurl, shellWords } from '../../src/cli/curl-command.ts';
import { questionOf } from '../../src/cli/trace-question.ts';

const asked = (command: string) => {
  const { url, flags } = parseCurl(command);
  return questionOf(url, flags);
};

describe('a pasted curl command', () => {
  test.each([
    ['a URL alone', 'curl http://a.example/x?y=1', { method: 'GET', authority: 'a.example', path: '/x?y=1', scheme: 'http', headers: [] }],
    ['a method', 'curl -X DELETE a.example/x', { method: 'DELETE', authority: 'a.example' }],
    ['a method without a blank', 'curl -XPUT a.example', { method: 'PUT', path: '/' }],
    ['switches in one word', 'curl -sSkv https://a.example', { scheme: 'https', tls: { sni: 'a.example', alpn: ['http/1.1'] } }],
    [
      'headers',
      `curl -H 'x-user: jason' -H "accept: */*" a.example`,
      {
        headers: [
          ['x-user', 'jason'],
          ['accept', '*/*'],
        ],
      },
    ],
    [
      'a Host header that beats the URL',
      `curl -H 'Host: b.example' http://10.0.0.1/x`,
      { authority: 'b.example', url: { host: '10.0.0.1', port: 80 }, headers: [] },
    ],
    [
      'form data makes it a POST',
      `curl -d a=1 -d b=2 a.example`,
      { method: 'POST', body: 'a=1&b=2', headers: [['content-type', 'application/x-www-form-urlencoded']] },
    ],
    [
      'JSON',
      `curl --json '{"a":1}' a.example`,
      {
        method: 'POST',
        body: '{"a":1}',
        headers: [
          ['content-type', 'application/json'],
          ['accept', 'application/json'],
        ],
      },
    ],
    ['-G puts the data into the query', `curl -G -d a=1 'http://a.example/x?z=2'`, { method: 'GET', path: '/x?z=2&a=1' }],
    ['-I asks for the head', 'curl -I a.example', { method: 'HEAD' }],
    [
      'a cookie, a user agent and a user',
      `curl -b 'k=v' -A ua -u me:pw a.example`,
      {
        headers: [
          ['cookie', 'k=v'],
          ['user-agent', 'ua'],
          ['authorization', 'Basic bWU6cHc='],
        ],
      },
    ],
    ['--resolve names the destination', 'curl --resolve a.example:443:10.1.2.3 https://a.example/', { destination: { address: '10.1.2.3', port: 443 } }],
    ['HTTP/2', 'curl --http2 https://a.example/', { protocol: 'h2', tls: { alpn: ['h2'] } }],
    ['line continuations and $-quotes', "curl \\\n  -H $'x-a: b\\'c' \\\n  a.example", { headers: [['x-a', "b'c"]] }],
  ])('%s', (_title, command, expected) => {
    expect(asked(command)).toMatchObject(expected);
  });

  test.each([
    ['an option that pc does not know', 'curl --frobnicate a.example', /--frobnicate/],
    ['no URL', `curl -H 'a: b'`, /no URL/],
    ['an option without its value', 'curl a.example -H', /no value/],
  ])('%s is refused with a reason', (_title, command, reason) => {
    expect(() => asked(command)).toThrow(reason);
  });

  test('words are split as a shell splits them', () => {
    expect(shellWords(`a 'b c' "d \\"e\\"" f\\ g ''`)).toEqual(['a', 'b c', 'd "e"', 'f g', '']);
  });
});

describe('a URL and its flags', () => {
  const none = { header: [], alpn: [], metadata: [] };

  test('the path is taken as typed: dots and escapes are for Envoy to judge', () => {
    expect(questionOf('http://a.example/x/../y%2Fz?q#f', none).path).toBe('/x/../y%2Fz?q');
  });

  test('a port other than the default stays in the authority', () => {
    expect(questionOf('http://a.example:8080/', none).authority).toBe('a.example:8080');
    expect(questionOf('http://a.example:80/', none).authority).toBe('a.example');
  });

  test('an IP address is no server name', () => {
    expect(questionOf('https://10.0.0.1/', none).tls).toEqual({ alpn: ['http/1.1'] });
  });

  test('a websocket URL asks for an upgrade', () => {
    expect(questionOf('ws://a.example/', none).headers).toEqual([
      ['connection', 'Upgrade'],
      ['upgrade', 'websocket'],
    ]);
  });

  test.each([
    ['http://', /not a URL/],
    ['gopher://a.example', /scheme/],
  ])('%s is refused', (url, reason) => {
    expect(() => questionOf(url, none)).toThrow(reason);
  });

  test.each([
    ['a header without a colon', { header: ['x'] }, /colon/],
    ['a destination that is a name', { to: 'catalog:80' }, /IP address/],
    ['metadata without a value', { metadata: ['a.b'] }, /=/],
  ])('%s is refused', (_title, flags, reason) => {
    expect(() => questionOf('http://a.example', { ...none, ...flags })).toThrow(reason);
  });
});
