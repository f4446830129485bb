import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { JsonNumber } from '../../src/dump/json-value.ts';
import { yamlArrayText, yamlText } from '../../src/render/yaml-text.ts';

test('YAML reads back as what it was written from', () => {
  const value = { a: 'yes', b: '1', c: ['x: y', '- z', 'line\nline', ''], d: { 'k|v': null, e: true, f: 1.5 }, g: 'null', h: '0x1', i: '1:30' };
  for (const version of ['1.1', '1.2'] as const) expect(parse(yamlText(value), { version })).toEqual(value);
});

test('a number keeps every digit', () => {
  expect(yamlText({ a: new JsonNumber('12345678901234567890') })).toBe('a: 12345678901234567890\n');
  expect(yamlText({ a: new JsonNumber('1.50') })).toBe('a: 1.50\n');
});

test('keys are sorted where istioctl sorts them', () => {
  expect(yamlText({ b: 1, a: [{ d: 1, c: 2 }] }, true)).toBe('a:\n- c: 2\n  d: 1\nb: 1\n');
});

test('of a list is the same whether written at once or element by element', () => {
  const list = [{ a: [1] }, 'x', { b: {} }];
  expect([...yamlArrayText(list)].join('')).toBe(yamlText(list));
  expect([...yamlArrayText([])].join('')).toBe('[]\n');
});
