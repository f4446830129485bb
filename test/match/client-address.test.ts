import { describe, expect, test } from 'vitest';
import { clientAddress } from '../../src/match/client-address.ts';

const PEER = '127.0.0.1';
const address = (forwarded: string | null, hcm: Parameters<typeof clientAddress>[0] = {}, trustsPrivateNetworks = false) =>
  clientAddress(hcm, forwarded === null ? [] : [['x-forwarded-for', forwarded]], PEER, trustsPrivateNetworks);

describe('which client Envoy trusts', () => {
  test.each([
    [{}, null, PEER],
    [{}, '10.1.1.1', '10.1.1.1'],
    [{}, '8.8.8.8, 10.1.1.1', '10.1.1.1'],
    [{ xff_num_trusted_hops: 1 }, '8.8.8.8, 10.1.1.1', '8.8.8.8'],
    [{ xff_num_trusted_hops: 2 }, '8.8.8.8, 10.1.1.1', PEER],
    [{}, 'bogus', PEER],
    [{}, '10.1.1.1:80', PEER],
    [{}, '8.8.8.8,', PEER],
    [{ use_remote_address: true }, '10.1.1.1', PEER],
    [{ use_remote_address: true, xff_num_trusted_hops: 1 }, '8.8.8.8, 10.1.1.1', '10.1.1.1'],
    [{ use_remote_address: true, xff_num_trusted_hops: 2 }, '8.8.8.8, 10.1.1.1', '8.8.8.8'],
    [{ use_remote_address: true, xff_num_trusted_hops: 1 }, 'bogus', PEER],
  ])('%j, x-forwarded-for %s: %s', (hcm, forwarded, expected) => {
    expect(address(forwarded, hcm).trusted).toBe(expected);
  });
});

describe('which requests count as internal', () => {
  const internal_address_config = { cidr_ranges: ['127.0.0.0', '10.0.0.0'].map((address_prefix) => ({ address_prefix, prefix_len: 8 })) };
  test.each([
    [{}, null, false],
    [{}, '10.1.1.1', true],
    [{}, '10.1.1.1, 10.1.1.2', false],
    [{}, '8.8.8.8', false],
    [{ xff_num_trusted_hops: 1 }, '10.1.1.1, 10.1.1.2', false],
    [{ use_remote_address: true }, null, true],
    [{ use_remote_address: true }, '10.1.1.1', false],
    [{ use_remote_address: true }, '', false],
  ])('%j, x-forwarded-for %s: %s', (hcm, forwarded, expected) => {
    expect(address(forwarded, { ...hcm, internal_address_config }).isInternal).toBe(expected);
  });

  test('private networks only where this Envoy still trusts them, and nothing is configured', () => {
    expect([address('10.1.1.1').isInternal, address('10.1.1.1', {}, true).isInternal]).toEqual([false, true]);
    expect(address('10.1.1.1', { internal_address_config: {} }, true).isInternal).toBe(false);
  });
});
