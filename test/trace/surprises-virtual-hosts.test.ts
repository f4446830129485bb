import { describe, expect, test } from 'vitest';
import type { TraceRequest } from '../../src/match/request.ts';
import { type Gateway, type GatewayParts, gateway, host, type Json, to } from '../support/http-builders.ts';

/** A gateway with one virtual host for each domain, named like it. */
function serving(domains: readonly string[], parts: GatewayParts = {}): Promise<Gateway> {
  return gateway({ ...parts, hosts: domains.map((domain) => host(domain, domain)) });
}

/** The virtual host that an authority meets; null for none. */
function hostOf({ ask }: Gateway, authority: string | null, more: Partial<TraceRequest> = {}): string | null {
  return ask({ authority, ...more }).only.virtual_host;
}

const NO_ROUTE = { verdict: 'broken', status: 404, flags: 'NR', details: 'route_not_found' };
const refused = (status: number, details: string, flags: string | null = null): Json => ({ verdict: 'broken', status, flags, details });

describe("Envoy's surprises about the choice of a virtual host, each as recorded from Envoy 1.40", () => {
  describe('1: an exact domain beats every wildcard, any suffix wildcard any prefix wildcard, and * comes last, in whatever order they stand', () => {
    const domains = ['*', 'www.example.*', '*.com', '*.example.com', 'www.*', 'www.example.com'];
    test.each([
      ['www.example.com', 'www.example.com'],
      ['api.example.com', '*.example.com'],
      ['www.example.org', 'www.example.*'],
      ['www.other.com', '*.com'],
      ['www.other.org', 'www.*'],
      ['api.other.org', '*'],
    ])('%s meets %s', async (authority, expected) => {
      expect(hostOf(await serving(domains), authority)).toBe(expected);
      expect(hostOf(await serving([...domains].reverse()), authority)).toBe(expected);
    });
  });

  describe('2: a wildcard stands for at least one character, and may cover several labels', () => {
    test.each([
      ['*.foo.com', '.foo.com', null],
      ['*.foo.com', 'a.foo.com', '*.foo.com'],
      ['*.foo.com', 'a.b.foo.com', '*.foo.com'],
      ['foo.*', 'foo.', null],
      ['foo.*', 'foo.x', 'foo.*'],
      ['*bar.foo.com', 'bar.foo.com', null],
      ['*bar.foo.com', 'xbar.foo.com', '*bar.foo.com'],
      ['*-bar.foo.com', 'a-bar.foo.com', '*-bar.foo.com'],
      ['*oo.com', 'foo.com', '*oo.com'],
      ['a.foo-*', 'a.foo-bar.com', 'a.foo-*'],
    ])('%s and the host %s: %s', async (domain, authority, expected) => {
      expect(hostOf(await serving([domain]), authority)).toBe(expected);
    });
  });

  describe('3: case never counts, a star within a host or a domain is a character, and the empty domain serves the empty host', () => {
    test.each([
      ['Foo.COM', 'fOO.com', 'Foo.COM'],
      ['*.Foo.com', 'A.foo.COM', '*.Foo.com'],
      ['a.*.com', 'a.b.com', null],
      ['a.*.com', 'a.*.com', 'a.*.com'],
      ['**', 'x*', '**'],
      ['**', 'xy', null],
      ['*.*', 'x.*', '*.*'],
      ['*.*', 'x.com', null],
      ['foo.com', '*.foo.com', null],
      ['', '', ''],
      ['', 'foo.com', null],
    ])('the domain "%s" and the host "%s": %s', async (domain, authority, expected) => {
      expect(hostOf(await serving([domain]), authority)).toBe(expected);
    });
  });

  describe('4: a port is part of the host', () => {
    test.each([
      ['foo.com', 'foo.com:80', null],
      ['*.com', 'foo.com:80', null],
      ['foo.*', 'foo.com:80', 'foo.*'],
      ['foo.com:*', 'foo.com:80', 'foo.com:*'],
      ['foo.com:*', 'foo.com:', null],
      ['*.foo.com:8080', 'a.foo.com:8080', '*.foo.com:8080'],
      ['*.foo.com:8080', 'a.foo.com:80', null],
    ])('%s and the host %s: %s', async (domain, authority, expected) => {
      expect(hostOf(await serving([domain]), authority)).toBe(expected);
    });
  });

  describe('5: ignore_port_in_host_matching cuts from the last colon, whatever follows, so that domains with a port never match', () => {
    const routeConfig = { ignore_port_in_host_matching: true };
    test.each([
      ['foo.com', 'foo.com:80', 'foo.com'],
      ['foo.com', 'foo.com:', 'foo.com'],
      ['foo.com', 'foo.com:8080x', 'foo.com'],
      ['foo.com:8080', 'foo.com:8080', null],
      ['[::2]', '[::2]:80', '[::2]'],
      ['[::2]', '[::2]', '[::2]'],
      ['[::2]:*', '[::2]:80', null],
    ])('%s and the host %s: %s', async (domain, authority, expected) => {
      expect(hostOf(await serving([domain], { routeConfig }), authority)).toBe(expected);
    });

    test('the upstream gets the port all the same', async () => {
      const { ask } = await serving(['foo.com'], { routeConfig });
      expect(ask({ authority: 'foo.com:80' }).only.upstream_request?.host).toBe('foo.com:80');
    });
  });

  describe('6: stripping the port takes a valid number only, and changes what the upstream gets', () => {
    test.each([
      [{ strip_any_host_port: true }, 'foo.com:80', 'foo.com', 'foo.com'],
      [{ strip_any_host_port: true }, 'foo.com:021035', 'foo.com', 'foo.com'],
      [{ strip_any_host_port: true }, 'foo.com:', '*', 'foo.com:'],
      [{ strip_any_host_port: true }, 'foo.com:8080x', '*', 'foo.com:8080x'],
      [{ strip_matching_host_port: true }, 'foo.com:8080', 'foo.com', 'foo.com'],
      [{ strip_matching_host_port: true }, 'foo.com:80', '*', 'foo.com:80'],
      [{ strip_matching_host_port: true }, 'foo.com:08080', 'foo.com', 'foo.com'],
    ])('%j, %s: %s, and %s goes upstream', async (hcm, authority, expected, upstream) => {
      const only = (await serving(['foo.com', '*'], { hcm })).ask({ authority }).only;
      expect([only.virtual_host, only.upstream_request?.host]).toEqual([expected, upstream]);
    });
  });

  describe('7: a trailing dot makes another host, unless it is stripped: one dot, before the port too, and a host of one dot is empty then', () => {
    test.each([
      [{}, 'foo.com.', null],
      [{ strip_trailing_host_dot: true }, 'foo.com.', 'foo.com'],
      [{ strip_trailing_host_dot: true }, 'foo.com..', null],
      [{ strip_trailing_host_dot: true }, 'foo.com.:8080', 'foo.com:8080'],
      [{ strip_trailing_host_dot: true, strip_any_host_port: true }, 'foo.com.:8080', 'foo.com'],
      [{ strip_trailing_host_dot: true }, '.', ''],
    ])('%j, %s: %s', async (hcm, authority, expected) => {
      expect(hostOf(await serving(['foo.com', 'foo.com:8080', '.', ''], { hcm }), authority)).toBe(expected);
    });
  });

  test('8: an IPv6 address is a text like any other', async () => {
    const proxy = await serving(['[::1]', '[0:0:0:0:0:0:0:2]']);
    expect(['[::1]', '[0:0:0:0:0:0:0:1]', '[::2]', '[::1]:80'].map((authority) => hostOf(proxy, authority))).toEqual(['[::1]', null, null, null]);
  });

  test('9: once a virtual host is chosen, a route miss never falls through to *; the answer names the host, or none', async () => {
    const proxy = await gateway({ hosts: [host('foo', 'foo.com', [to('a', { prefix: '/api' })]), host('empty', 'empty.com', []), host('all', '*')] });
    expect(proxy.ask({ authority: 'foo.com', path: '/other' }).only).toMatchObject({ ...NO_ROUTE, virtual_host: 'foo', route: null });
    expect(proxy.ask({ authority: 'empty.com' }).only).toMatchObject({ ...NO_ROUTE, virtual_host: 'empty' });
    expect((await serving(['foo.com'])).ask({ authority: 'bar.com' }).only).toMatchObject({ ...NO_ROUTE, virtual_host: null });
  });

  describe('10: what is refused before any virtual host is looked at', () => {
    test.each<[string, Partial<TraceRequest>, Json]>([
      ['no Host', { authority: null }, refused(400, 'missing_host_header')],
      ['an empty Host is fine', { authority: '' }, { verdict: 'forwarded', virtual_host: 'all' }],
      ['HTTP/1.0', { protocol: 'http/1.0' }, refused(426, 'low_version', 'DPE')],
      ['a slash in the host', { authority: 'foo/com' }, refused(400, 'http.invalid_authority', 'DPE')],
      ['a question mark', { authority: 'foo?com' }, refused(400, 'http.invalid_authority', 'DPE')],
      ['a blank behind a comma', { authority: 'foo.com, bar.com' }, refused(400, 'http.invalid_authority', 'DPE')],
      ['a user is fine', { authority: 'user@foo.com' }, { verdict: 'forwarded' }],
      ['a port of letters is fine', { authority: 'foo.com:abc' }, { verdict: 'forwarded' }],
      ['two dots are fine', { authority: 'foo..com' }, { verdict: 'forwarded' }],
    ])('%s', async (_, request, expected) => {
      const { ask } = await gateway({ hosts: [host('all', '*')] });
      expect(ask(request).only).toMatchObject(expected);
    });

    test('HTTP/1.0 where it is accepted, with the default host', async () => {
      const hcm = { http_protocol_options: { accept_http_10: true, default_host_for_http_10: 'ten.com' } };
      const proxy = await serving(['ten.com', 'foo.com'], { hcm });
      expect(hostOf(proxy, null, { protocol: 'http/1.0' })).toBe('ten.com');
      expect(hostOf(proxy, 'foo.com', { protocol: 'http/1.0' })).toBe('foo.com');
    });
  });

  describe('11: which of several hosts counts', () => {
    test('two Host lines are joined with a comma', async () => {
      expect(hostOf(await serving(['a.com,b.com', '*']), 'a.com', { headers: [['host', 'b.com']] })).toBe('a.com,b.com');
    });

    test.each([
      ['http://b.com/x', 'b.com', '/x'],
      ['HTTP://B.com/x', 'b.com', '/x'],
      ['http://user:password@b.com/x', 'b.com', '/x'],
      ['http://b.com', 'b.com', '/'],
    ])('an absolute target wins over Host: %s', async (path, expected, upstream) => {
      const only = (await serving(['a.com', 'b.com'])).ask({ authority: 'a.com', path }).only;
      expect([only.virtual_host, only.upstream_request?.path]).toEqual([expected, upstream]);
    });

    test('a target of another scheme is refused', async () => {
      expect((await serving(['a.com'])).ask({ path: 'ftp://a.com/' }).only).toMatchObject(refused(400, 'http1.invalid_scheme', 'DPE'));
    });

    test('over HTTP/2, host counts without :authority, and else does not', async () => {
      const proxy = await serving(['a.com', 'b.com']);
      expect(hostOf(proxy, null, { protocol: 'h2', headers: [['host', 'b.com']] })).toBe('b.com');
      expect(hostOf(proxy, 'a.com', { protocol: 'h2', headers: [['host', 'b.com']] })).toBe('a.com');
    });
  });

  test('12: OPTIONS * is 404 absolute_path_rejected without a flag; other methods may not ask for *', async () => {
    const { ask } = await serving(['*']);
    expect(ask({ method: 'OPTIONS', path: '*' }).only).toMatchObject(refused(404, 'absolute_path_rejected'));
    expect(ask({ path: '*' }).only).toMatchObject(refused(400, 'http1.invalid_url', 'DPE'));
  });

  describe('13: vhost_header takes the place of Host', () => {
    test.each<[string, [string, string][], string | null]>([
      ['named', [['x-host', 'a.com']], 'a.com'],
      ['unknown: *', [['x-host', 'zz.com']], '*'],
      ['empty: *', [['x-host', '']], '*'],
      [
        'sent twice: the first counts',
        [
          ['x-host', 'a.com'],
          ['x-host', 'b.com'],
        ],
        'a.com',
      ],
      ['absent: no virtual host, * or not', [], null],
    ])('%s', async (_, headers, expected) => {
      const proxy = await serving(['a.com', 'b.com', '*'], { routeConfig: { vhost_header: 'X-Host' } });
      expect(hostOf(proxy, 'b.com', { headers })).toBe(expected);
    });
  });

  describe('14: require_tls redirects before routes are looked at, by x-forwarded-proto and not by the socket', () => {
    const redirect = {
      verdict: 'answered',
      status: 301,
      flags: null,
      details: 'direct_response',
      location: 'https://a.com/x',
      virtual_host: 'tls',
      route: null,
    };
    const tlsHost = (require_tls: string, routes: Json[] = [to('a')]): GatewayParts => ({ hosts: [host('tls', '*', routes, { require_tls })] });
    const claims = (proto: string): Partial<TraceRequest> => ({ path: '/x', headers: [['x-forwarded-proto', proto]] });

    test('a virtual host without routes redirects as well', async () => {
      expect((await gateway(tlsHost('ALL', []))).ask({ path: '/x' }).only).toMatchObject(redirect);
    });

    test('who claims https passes over plaintext, in lower case only, and who claims http is redirected over TLS', async () => {
      const { ask } = await gateway(tlsHost('ALL'));
      expect(ask(claims('https')).only).toMatchObject({ verdict: 'forwarded' });
      expect(ask(claims('HTTPS')).only).toMatchObject(redirect);
      expect(ask(claims('http'), { isTls: true }).only).toMatchObject(redirect);
      expect(ask({ path: '/x' }, { isTls: true }).only).toMatchObject({ verdict: 'forwarded' });
    });

    test('with use_remote_address nobody is believed, but behind trusted hops', async () => {
      const claimed = async (hcm: Json) => (await gateway({ ...tlsHost('ALL'), hcm })).ask(claims('https')).only.verdict;
      expect(await claimed({ use_remote_address: true })).toBe('answered');
      expect(await claimed({ use_remote_address: true, xff_num_trusted_hops: 1 })).toBe('forwarded');
    });

    const internal_address_config = { cidr_ranges: [{ address_prefix: '127.0.0.0', prefix_len: 8 }] };
    test.each<[string, Json, [string, string][], string]>([
      ['an x-forwarded-for within the internal networks passes', { internal_address_config }, [['x-forwarded-for', '127.0.0.1']], 'forwarded'],
      ['several entries do not', { internal_address_config }, [['x-forwarded-for', '127.0.0.1, 127.0.0.2']], 'answered'],
      ['without one even a loopback client is external', { internal_address_config }, [], 'answered'],
      ['x-envoy-internal of a client says nothing', { internal_address_config }, [['x-envoy-internal', 'true']], 'answered'],
      ['with use_remote_address the peer counts', { internal_address_config, use_remote_address: true }, [], 'forwarded'],
      ['without internal networks nobody is internal', { use_remote_address: true }, [], 'answered'],
    ])('EXTERNAL_ONLY: %s', async (_, hcm, headers, verdict) => {
      const { ask } = await gateway({ ...tlsHost('EXTERNAL_ONLY'), hcm });
      expect(ask({ path: '/x', headers }).only.verdict).toBe(verdict);
    });

    test('EXTERNAL_ONLY: before Envoy 1.33 private networks were internal by default', async () => {
      const verdict = async (envoyVersion: readonly [number, number]) =>
        (await gateway({ ...tlsHost('EXTERNAL_ONLY'), hcm: { use_remote_address: true }, envoyVersion })).ask({ source: { address: '10.1.2.3' } }).only.verdict;
      expect([await verdict([1, 32]), await verdict([1, 33])]).toEqual(['forwarded', 'answered']);
    });
  });

  test('15: two virtual hosts may have one name: the domain decides', async () => {
    const { ask } = await gateway({ hosts: [host('twin', 'a.com', [to('a')]), host('twin', 'b.com', [to('b')])] });
    expect(ask({ authority: 'b.com' }).only).toMatchObject({ virtual_host: 'twin', cluster: 'b' });
  });

  test('15: a domain that stands twice never comes from a live Envoy; in a file, the first of it serves', async () => {
    const { ask } = await gateway({ hosts: [host('first', 'a.com', [to('a')]), host('second', 'A.com', [to('b')])] });
    expect(ask({ authority: 'a.com' }).only).toMatchObject({ virtual_host: 'first' });
  });
});
