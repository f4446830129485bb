import { describe, expect, test } from 'vitest';
import { messageSchema } from '../../src/decode/schema.ts';
import { LISTENER_FIDELITY } from '../../src/trace/fidelity/listener-fidelity.ts';
import {
  chain,
  connectOnce,
  HTTP_INSPECTOR,
  hcm,
  type Json,
  listener,
  listenerFilter,
  networkFilter,
  PROXY_PROTOCOL,
  TLS_INSPECTOR,
  tcpProxy,
  tls,
} from '../support/connection-builders.ts';
import { cluster } from '../support/http-builders.ts';

describe('every field of a message with rows has its row', () => {
  test.each(Object.keys(LISTENER_FIDELITY))('%s', (type) => {
    const schema = messageSchema(type) ?? expect.fail('proto/ has no such message');
    const own = schema.fields.map(({ name }) => name).sort();
    expect(Object.keys(LISTENER_FIDELITY[type] ?? {}).sort()).toEqual(own);
  });
});

test('what a row points to has rows itself', () => {
  const rows = Object.values(LISTENER_FIDELITY).flatMap((fields) => Object.values(fields));
  expect(rows.flatMap(({ of }) => of ?? []).filter((type) => LISTENER_FIDELITY[type] === undefined)).toEqual([]);
});

describe('an unknown field on the way makes the answer undetermined', () => {
  const odd = { new_field_of_a_later_envoy: 1 };
  const place = '.configs[2].dynamic_listeners[0].active_state.listener';
  const tlsChain = (common: Json, more: Json = {}): Json => chain('a', {}, { transport_socket: tls(common, more) });
  const plain = {};
  const secure = { scheme: 'https', tls: { sni: 'a.com', alpn: [] } } as const;

  test.each<[string, Json, string, object]>([
    ['the listener', listener('l', [chain('a')], odd), '', plain],
    [
      'its address',
      { name: 'l', address: { socket_address: { address: '127.0.0.1', port_value: 80, ...odd } }, filter_chains: [chain('a')] },
      '.address.socket_address',
      plain,
    ],
    ['a listener filter', listener('l', [chain('a')], { listener_filters: [{ ...HTTP_INSPECTOR, ...odd }] }), '.listener_filters[0]', plain],
    [
      'the configuration of a listener filter',
      listener('l', [chain('a')], { listener_filters: [listenerFilter('tls_inspector.v3.TlsInspector', odd)] }),
      '.listener_filters[0].typed_config',
      plain,
    ],
    ['the match of any filter chain', listener('l', [chain('a'), chain('b', { destination_port: 9, ...odd })]), '.filter_chains[1].filter_chain_match', plain],
    ['the filter chain', listener('l', [chain('a', {}, odd)]), '.filter_chains[0]', plain],
    ['the TLS context', listener('l', [tlsChain({}, odd)]), '.filter_chains[0].transport_socket.typed_config', secure],
    ['what TLS contexts share', listener('l', [tlsChain(odd)]), '.filter_chains[0].transport_socket.typed_config.common_tls_context', secure],
    ['tcp_proxy', listener('l', [{ name: 'a', filters: [tcpProxy({ cluster: 'up', ...odd })] }]), '.filter_chains[0].filters[0].typed_config', plain],
    ['network RBAC', listener('l', [{ name: 'a', filters: [networkFilter('rbac.v3.RBAC', odd), hcm()] }]), '.filter_chains[0].filters[0].typed_config', plain],
  ])('%s', async (_, main, at, question) => {
    const branch = await connectOnce({ listeners: [main], clusters: [cluster('up')] }, question);
    expect(branch.gap).toMatchObject({ id: 'PC9001', path: `${place}${at}.new_field_of_a_later_envoy` });
  });

  test('the fields of a filter chain that does not serve are not asked', async () => {
    const branch = await connectOnce({ listeners: [listener('l', [chain('a'), chain('b', { destination_port: 9 }, odd)])] });
    expect(branch.gap).toBeNull();
  });
});

test('a field that is not modelled is named where it is set', async () => {
  const main = listener('l', [chain('a')], { fcds_config: { name: 'chains' }, listener_filters: [PROXY_PROTOCOL, TLS_INSPECTOR] });
  expect((await connectOnce({ listeners: [main] })).gap).toMatchObject({ id: 'PC9001', what: expect.stringContaining('Listener.fcds_config') });
});
