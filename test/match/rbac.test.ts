import { describe, expect, test } from 'vitest';
import { decideRbac, type RbacFacts, rbacDenialDetails } from '../../src/match/rbac.ts';
import { requestHeaders } from '../../src/match/request-headers.ts';
import type { Permission, Policy, Principal, RBAC } from '../../src/model/generated/envoy-api.ts';

const FACTS: RbacFacts = {
  headers: undefined,
  localAddress: '10.0.0.1',
  localPort: 8080,
  remoteAddress: '10.9.9.9',
  connectionRemoteAddress: '10.9.9.8',
  directRemoteAddress: '127.0.0.1',
  serverName: 'a.com',
  isTls: false,
  identities: [],
  metadata: () => false,
  filterState: () => null,
};

const policy = (permission: Permission, principal: Principal = { any: true }, more: Partial<Policy> = {}): Policy => ({
  permissions: [permission],
  principals: [principal],
  ...more,
});
const decide = (rules: RBAC, facts: Partial<RbacFacts> = {}) => decideRbac(rules, { ...FACTS, ...facts });
const allows = (permission: Permission, principal: Principal = { any: true }, facts: Partial<RbacFacts> = {}) =>
  decide({ policies: { p: policy(permission, principal) } }, facts).map(({ allowed }) => allowed);

test('rules without policies deny everything, and name none', () => {
  expect(decide({})).toEqual([{ allowed: false, policy: null, conditions: [] }]);
  expect(rbacDenialDetails(null)).toBe('rbac_access_denied_matched_policy[none]');
});

test('DENY lets through what no policy matches, and names the one that does', () => {
  const rules: RBAC = { action: 'DENY', policies: { 'no ports': policy({ destination_port: 8080 }) } };
  expect(decide(rules)).toEqual([{ allowed: false, policy: 'no ports', conditions: [] }]);
  expect(decide(rules, { localPort: 81 })).toEqual([{ allowed: true, policy: null, conditions: [] }]);
  expect(rbacDenialDetails('no ports')).toBe('rbac_access_denied_matched_policy[no_ports]');
});

test('LOG lets everything through', () => {
  expect(decide({ action: 'LOG' })).toEqual([{ allowed: true, policy: null, conditions: [] }]);
});

test('policies are tried in the order of their names', () => {
  const rules: RBAC = { action: 'DENY', policies: { b: policy({ any: true }), a: policy({ any: true }) } };
  expect(decide(rules)[0]?.policy).toBe('a');
});

describe('permissions', () => {
  test.each<[string, Permission, boolean]>([
    ['destination IP', { destination_ip: { address_prefix: '10.0.0.0', prefix_len: 8 } }, true],
    ['destination port', { destination_port: 8080 }, true],
    ['destination port range holds its start', { destination_port_range: { start: 8080, end: 8081 } }, true],
    ['destination port range leaves out its end', { destination_port_range: { start: 8000, end: 8080 } }, false],
    ['server name', { requested_server_name: { suffix: '.com' } }, true],
    ['not', { not_rule: { destination_port: 80 } }, true],
    ['and', { and_rules: { rules: [{ any: true }, { destination_port: 80 }] } }, false],
    ['or', { or_rules: { rules: [{ destination_port: 80 }, { any: true }] } }, true],
    ['a path, which a connection has not', { url_path: { path: { prefix: '/' } } }, false],
    ['a header, which a connection has not', { header: { name: 'x' } }, false],
    ['an absent header, as a connection has none', { header: { name: 'x', present_match: false } }, true],
  ])('%s', (_, permission, expected) => {
    expect(allows(permission)).toEqual([expected]);
  });

  test('a path is seen without its query', () => {
    const headers = requestHeaders([[':path', '/admin?x=1']]);
    expect(allows({ url_path: { path: { exact: '/admin' } } }, { any: true }, { headers })).toEqual([true]);
  });
});

describe('principals', () => {
  const range = (prefix: string) => ({ address_prefix: prefix, prefix_len: 32 });
  test.each<[string, Principal, boolean]>([
    ['the socket’s own peer', { direct_remote_ip: range('127.0.0.1') }, true],
    ['the client that Envoy trusts', { remote_ip: range('10.9.9.9') }, true],
    ['the client of the connection', { source_ip: range('10.9.9.8') }, true],
    ['not the trusted one for source_ip', { source_ip: range('10.9.9.9') }, false],
    ['nobody is authenticated in plaintext', { authenticated: {} }, false],
  ])('%s', (_, principal, expected) => {
    expect(allows({ any: true }, principal)).toEqual([expected]);
  });

  test('any TLS client is authenticated where no name is asked for', () => {
    expect(allows({ any: true }, { authenticated: {} }, { isTls: true })).toEqual([true]);
  });

  test('a name is matched against the client’s certificate', () => {
    const principal: Principal = { authenticated: { principal_name: { exact: 'spiffe://cluster.local/ns/a/sa/b' } } };
    expect(allows({ any: true }, principal, { isTls: true, identities: ['spiffe://cluster.local/ns/a/sa/b'] })).toEqual([true]);
    expect(allows({ any: true }, principal, { isTls: true, identities: [] })).toEqual([false]);
  });
});

describe('what a dump cannot tell', () => {
  const somebody: Principal = { authenticated: { principal_name: { prefix: 'spiffe://' } } };
  const unknownClient = { isTls: true, identities: undefined };

  test('an unknown client gives both ways, each with its condition', () => {
    const decisions = decide({ policies: { friends: policy({ any: true }, somebody) } }, unknownClient);
    expect(decisions.map(({ allowed, policy: name, conditions }) => [allowed, name, conditions])).toEqual([
      [true, 'friends', ['RBAC policy "friends" matches (whose certificate the client\'s is)']],
      [false, null, ['RBAC policy "friends" does not match (whose certificate the client\'s is)']],
    ]);
  });

  test('nothing is open where a later policy matches for certain', () => {
    const rules: RBAC = { policies: { friends: policy({ any: true }, somebody), open: policy({ any: true }) } };
    expect(decide(rules, unknownClient)).toEqual([{ allowed: true, policy: 'friends', conditions: [] }]);
  });

  test('nothing is open where another part of the policy fails for certain', () => {
    expect(decide({ policies: { friends: policy({ destination_port: 1 }, somebody) } }, unknownClient)).toEqual([
      { allowed: false, policy: null, conditions: [] },
    ]);
  });

  test('a CEL condition is open', () => {
    const decisions = decide({ policies: { cel: policy({ any: true }, { any: true }, { condition: {} }) } });
    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, false]);
  });
});
