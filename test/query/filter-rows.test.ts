import { describe, expect, test } from 'vitest';
import { nearestNames } from '../../src/query/nearest-names.ts';
import { textPattern } from '../../src/query/text-pattern.ts';

describe('a pattern', () => {
  const names = ['catalog', 'catalog-v2', 'shop.example', 'a+b'];
  test.each([
    ['catalog', ['catalog']],
    ['CATALOG', ['catalog']],
    ['catal', ['catalog', 'catalog-v2']],
    ['catalog*', ['catalog', 'catalog-v2']],
    ['*v?', ['catalog-v2']],
    ['shop?example', ['shop.example']],
    ['a+b', ['a+b']],
    ['*.example', ['shop.example']],
    ['~^c.*[og2]$', ['catalog', 'catalog-v2']],
    ['~A\\+', ['a+b']],
  ])('%s finds %j', (text, found) => {
    const pattern = textPattern(text, names);
    expect(names.filter((name) => pattern.matches(name))).toEqual(found);
  });

  test('that is a broken regular expression says so', () => {
    expect(() => textPattern('~[', names)).toThrow(SyntaxError);
  });
});

describe('nearest names', () => {
  const names = ['routes', 'clusters', 'listeners', 'outbound|80|version-v1|catalog.shop.svc.cluster.local', 'outbound|80||forum.shop.svc.cluster.local'];
  test.each([
    ['rotues', ['routes']],
    ['cluster', ['clusters', 'outbound|80|version-v1|catalog.shop.svc.cluster.local', 'outbound|80||forum.shop.svc.cluster.local'].toSorted()],
    ['catlog', ['outbound|80|version-v1|catalog.shop.svc.cluster.local']],
    ['zzzzzz', []],
    ['', []],
  ])('of %s are %j', (wanted, found) => {
    expect(nearestNames(wanted, names).toSorted()).toEqual(found);
  });

  test('the nearest stands first, and there are not many', () => {
    expect(nearestNames('item', ['items', 'itemsxyz', 'item', 'xitem', 'itme'], 3)).toEqual(['item', 'items', 'xitem']);
  });
});
