import { describe, expect, test } from 'vitest';
import { type AcceptedSocket, inspected } from '../../src/match/accepted-socket.ts';
import { type ListenerFilterStep, runListenerFilters } from '../../src/match/listener-filters.ts';
import type { ListenerFilterChainMatchPredicate as Predicate } from '../../src/model/generated/envoy-api.ts';

const FILTERS = 'envoy.extensions.filters.listener';
const step = (type: string, config: object = {}, disabled?: Predicate): ListenerFilterStep => ({
  name: type,
  type: `${FILTERS}.${type}`,
  config,
  disabled,
  path: [type],
});
const TLS = step('tls_inspector.v3.TlsInspector');
const HTTP = step('http_inspector.v3.HttpInspector');
const PROXY = step('proxy_protocol.v3.ProxyProtocol');
const ORIGINAL = step('original_dst.v3.OriginalDst');

const PLAIN: AcceptedSocket = {
  local: { address: '127.0.0.1', port: 80 },
  isRestored: false,
  remote: { address: '127.0.0.1', port: 4000 },
  directRemote: { address: '127.0.0.1', port: 4000 },
  redirectedFrom: undefined,
  serverName: '',
  transportProtocol: '',
  applicationProtocols: [],
  bytes: { proxyHeader: undefined, payload: 'http/1.1', tls: undefined },
};
const SECURE: AcceptedSocket = { ...PLAIN, bytes: { proxyHeader: undefined, payload: 'tls', tls: { serverName: 'WWW.A.com', applicationProtocols: ['h2'] } } };
const PROXIED: AcceptedSocket = {
  ...PLAIN,
  bytes: { ...PLAIN.bytes, proxyHeader: { version: 1, destination: { address: '10.0.0.1', port: 443 }, source: { address: '10.9.9.9', port: 5000 } } },
};

function run(steps: readonly ListenerFilterStep[], socket: AcceptedSocket): AcceptedSocket {
  const result = runListenerFilters(steps, socket);
  return result.kind === 'accepted' ? result.socket : expect.fail(JSON.stringify(result));
}

describe('tls_inspector', () => {
  test('tells server name (in lower case), protocols and transport', () => {
    expect(inspected(run([TLS], SECURE))).toMatchObject({ serverName: 'www.a.com', applicationProtocols: ['h2'], transportProtocol: 'tls' });
  });

  test('without it none of them is known, and TLS counts as raw_buffer', () => {
    expect(inspected(run([], SECURE))).toMatchObject({ serverName: '', applicationProtocols: [], transportProtocol: 'raw_buffer' });
  });

  test('may close what is not TLS', () => {
    const strict = step('tls_inspector.v3.TlsInspector', { close_connection_on_client_hello_parsing_errors: true });
    expect(runListenerFilters([strict], PLAIN).kind).toBe('closed');
    expect(runListenerFilters([strict], SECURE).kind).toBe('accepted');
  });
});

describe('http_inspector', () => {
  test.each([
    ['http/1.1', 'http/1.1'],
    ['http/1.0', 'http/1.0'],
    ['h2', 'h2c'],
  ] as const)('tells %s as %s', (payload, protocol) => {
    expect(run([HTTP], { ...PLAIN, bytes: { ...PLAIN.bytes, payload } }).applicationProtocols).toEqual([protocol]);
  });

  test('leaves alone what tls_inspector found, and what is not HTTP', () => {
    expect(run([TLS, HTTP], SECURE).applicationProtocols).toEqual(['h2']);
    expect(run([HTTP], SECURE).applicationProtocols).toEqual([]);
    expect(run([HTTP], { ...PLAIN, bytes: { ...PLAIN.bytes, payload: 'opaque' } }).applicationProtocols).toEqual([]);
  });
});

describe('proxy_protocol', () => {
  test('restores both addresses, and leaves the peer', () => {
    expect(run([PROXY], PROXIED)).toMatchObject({
      local: { address: '10.0.0.1', port: 443 },
      isRestored: true,
      remote: { address: '10.9.9.9', port: 5000 },
      directRemote: { address: '127.0.0.1' },
    });
  });

  test('closes a connection without a header, unless headers are optional', () => {
    expect(runListenerFilters([PROXY], PLAIN).kind).toBe('closed');
    expect(run([step('proxy_protocol.v3.ProxyProtocol', { allow_requests_without_proxy_protocol: true })], PLAIN)).toEqual(PLAIN);
  });

  test('UNKNOWN keeps the addresses', () => {
    const unknown: AcceptedSocket = { ...PLAIN, bytes: { ...PLAIN.bytes, proxyHeader: { version: 1, destination: undefined, source: undefined } } };
    expect(run([PROXY], unknown)).toEqual(PLAIN);
  });

  test('a version that is not allowed is closed, or left unread where headers are optional', () => {
    const strict = step('proxy_protocol.v3.ProxyProtocol', { disallowed_versions: ['V1'] });
    const lax = step('proxy_protocol.v3.ProxyProtocol', { disallowed_versions: ['V1'], allow_requests_without_proxy_protocol: true });
    expect(runListenerFilters([strict], PROXIED).kind).toBe('closed');
    expect(run([lax], PROXIED)).toEqual(PROXIED);
  });

  test('a destination that is the socket’s own restores nothing', () => {
    const own: AcceptedSocket = { ...PROXIED, local: { address: '10.0.0.1', port: 443 } };
    expect(run([PROXY], own).isRestored).toBe(false);
  });

  test('before the header is read, no inspector sees the bytes behind it', () => {
    const behind: AcceptedSocket = { ...SECURE, bytes: { ...SECURE.bytes, proxyHeader: PROXIED.bytes.proxyHeader } };
    expect(run([TLS, PROXY], behind).serverName).toBe('');
    expect(run([PROXY, TLS], behind).serverName).toBe('www.a.com');
  });
});

test('original_dst restores what iptables redirected, and nothing else', () => {
  const redirected: AcceptedSocket = { ...PLAIN, redirectedFrom: { address: '10.0.0.1', port: 443 } };
  expect(run([ORIGINAL], redirected)).toMatchObject({ local: { address: '10.0.0.1', port: 443 }, isRestored: true });
  expect(run([ORIGINAL], PLAIN)).toEqual(PLAIN);
});

describe('filter_disabled', () => {
  const ports = (start: number, end: number): Predicate => ({ destination_port_range: { start, end } });
  const disabledFor = (predicate: Predicate, port: number): boolean =>
    run([step('tls_inspector.v3.TlsInspector', {}, predicate)], { ...SECURE, local: { address: '10.0.0.1', port } }).serverName === '';

  test('a port range holds its start and not its end', () => {
    expect([3305, 3306, 3307].map((port) => disabledFor(ports(3306, 3307), port))).toEqual([false, true, false]);
  });

  test('and, or, not, any', () => {
    expect(disabledFor({ any_match: true }, 1)).toBe(true);
    expect(disabledFor({ not_match: ports(1, 2) }, 1)).toBe(false);
    expect(disabledFor({ or_match: { rules: [ports(1, 2), ports(5, 6)] } }, 5)).toBe(true);
    expect(disabledFor({ and_match: { rules: [ports(1, 9), ports(5, 6)] } }, 3)).toBe(false);
  });

  test('sees the destination that a filter before has restored', () => {
    const behind: AcceptedSocket = { ...SECURE, bytes: { ...SECURE.bytes, proxyHeader: PROXIED.bytes.proxyHeader } };
    expect(run([PROXY, step('tls_inspector.v3.TlsInspector', {}, ports(443, 444))], behind).serverName).toBe('');
  });
});

test('a listener filter that pc does not model is named', () => {
  expect(runListenerFilters([step('dynamic_modules.v3.DynamicModuleListenerFilter')], PLAIN)).toMatchObject({
    kind: 'unknown',
    path: ['dynamic_modules.v3.DynamicModuleListenerFilter'],
  });
});
