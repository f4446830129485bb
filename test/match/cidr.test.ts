import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidrKey, isInCidr, parseCidr } from '../../src/match/cidr.ts';
import { parseIp } from '../../src/match/ip-address.ts';

const range = (text: string) => {
  const [prefix, length] = text.split('/');
  return length === undefined ? { address_prefix: prefix ?? '' } : { address_prefix: prefix ?? '', prefix_len: Number(length) };
};

describe('an address lies in a range', () => {
  test.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3/32', true],
    ['10.1.2.3', '10.9.9.9/8', true],
    ['10.1.2.3', '0.0.0.0/0', true],
    ['fd00::1', '0.0.0.0/0', false],
    ['fd00::1', '::/0', true],
    ['2001:db8:0:1::9', '2001:db8::/32', true],
    ['2001:db9::9', '2001:db8::/32', false],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['[fd00::1]', 'fd00::/8', true],
    ['not an address', '0.0.0.0/0', false],
    ['10.1.2', '10.0.0.0/8', false],
    ['10.1.2.256', '10.0.0.0/8', false],
  ])('%s in %s: %s', (address, cidr, expected) => {
    expect(isInCidr(address, range(cidr))).toBe(expected);
  });

  test('a range without a length holds its whole family', () => {
    expect(isInCidr('10.1.2.3', range('1.2.3.4'))).toBe(true);
  });
});

test('all spellings of a range have one key', () => {
  const key = (text: string): string => cidrKey(parseCidr(range(text)) ?? expect.fail(text));
  expect(key('10.1.2.3/8')).toBe(key('10.0.0.0/8'));
  expect(key('2001:db8:0::/32')).toBe(key('2001:db8::1/32'));
  expect(key('10.0.0.0/8')).not.toBe(key('10.0.0.0/9'));
});

test('any IPv6 address reads the same written out and shortened', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const address = parseIp(text);
      expect(address, text).toBeDefined();
      if (address?.version !== 6) return;
      const groups = Array.from({ length: 8 }, (_, i) => ((address.bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
      expect(parseIp(groups.join(':'))).toEqual(address);
    }),
  );
});
