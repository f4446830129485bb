import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeHost } from '../../src/match/normalize-host.ts';
import { VirtualHostIndex, withoutPort } from '../../src/match/virtual-host.ts';

const index = (...domains: string[]): VirtualHostIndex =>
  new VirtualHostIndex({ virtual_hosts: domains.map((domain) => ({ name: domain, domains: [domain] })) });

describe('the virtual host of an authority', () => {
  test('says by which domain and kind of domain it was found, and where the virtual host stands', () => {
    const hosts = new VirtualHostIndex({
      virtual_hosts: [
        { name: 'one', domains: ['a.com', '*.a.com'] },
        { name: 'two', domains: ['www.*'] },
        { name: 'three', domains: ['*'] },
      ],
    });
    const found = ['a.com', 'b.a.com', 'www.b.com', 'x'].map((authority) => hosts.find(authority));
    expect(found.map((f) => [f?.virtualHost.name, f?.index, f?.domain, f?.by])).toEqual([
      ['one', 0, 'a.com', 'exact'],
      ['one', 0, '*.a.com', 'suffix wildcard'],
      ['two', 1, 'www.*', 'prefix wildcard'],
      ['three', 2, '*', 'default'],
    ]);
  });

  test('the longest suffix wildcard wins, then the longest prefix wildcard', () => {
    const hosts = index('*.com', '*.b.com', '*.a.b.com', 'www.*', 'www.a.*');
    expect(hosts.find('x.a.b.com')?.domain).toBe('*.a.b.com');
    expect(hosts.find('www.a.org')?.domain).toBe('www.a.*');
  });

  test('does not depend on the order of the virtual hosts', () => {
    const domains = ['a.com', '*.com', '*.a.com', 'a.*', '*', 'b.a.com'];
    const hosts = ['a.com', 'x.a.com', 'b.a.com', 'a.org', 'x.org', 'A.COM'];
    fc.assert(
      fc.property(fc.shuffledSubarray(domains, { minLength: domains.length }), fc.constantFrom(...hosts), (shuffled, host) => {
        expect(index(...shuffled).find(host)?.domain).toBe(index(...domains).find(host)?.domain);
      }),
    );
  });

  test('no domain, no virtual host', () => {
    expect(index().find('a.com')).toBeUndefined();
    expect(index('b.com').find('a.com')).toBeUndefined();
  });

  test.each([
    ['a.com:80', 'a.com'],
    ['a.com:', 'a.com'],
    ['[::1]:80', '[::1]'],
    ['[::1]', '[::1]'],
    ['a.com', 'a.com'],
  ])('the port that ignore_port_in_host_matching cuts: %s gives %s', (authority, expected) => {
    expect(withoutPort(authority)).toBe(expected);
  });
});

describe('what a connection manager makes of the authority', () => {
  test.each([
    ['as it is', {}, 'A.com.:80', 'A.com.:80'],
    ['any port', { strip_any_host_port: true }, 'a.com:81', 'a.com'],
    ['no port of another kind', { strip_any_host_port: true }, 'a.com:x', 'a.com:x'],
    ['the port of an IPv6 address', { strip_any_host_port: true }, '[::1]:81', '[::1]'],
    ['the port of the listener', { strip_matching_host_port: true }, 'a.com:80', 'a.com'],
    ['another port stays', { strip_matching_host_port: true }, 'a.com:81', 'a.com:81'],
    ['the dot first, then the port', { strip_trailing_host_dot: true, strip_any_host_port: true }, 'a.com.:81', 'a.com'],
  ])('%s', (_, hcm, authority, expected) => {
    expect(normalizeHost(authority, hcm, 80)).toBe(expected);
  });
});
