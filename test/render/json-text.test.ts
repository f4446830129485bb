import { describe, expect, test } from 'vitest';
import { JsonNumber, type JsonValue, setMember } from '../../src/dump/json-value.ts';
import { jsonArrayText, jsonText } from '../../src/render/json-text.ts';

describe('JSON text', () => {
  test('is indented, and empty lists and objects stay on their line', () => {
    expect(jsonText({ a: [1, { b: [] }], c: {} }, { indent: 4 })).toBe(
      `{\n    "a": [\n        1,\n        {\n            "b": []\n        }\n    ],\n    "c": {}\n}`,
    );
  });

  test('keeps every digit of a number', () => {
    expect(jsonText([new JsonNumber('12345678901234567890'), new JsonNumber('1.0'), 0.1, -0], { indent: 0 })).toBe('[12345678901234567890,1.0,0.1,-0]');
  });

  test('keeps a member of the name __proto__', () => {
    const value = {};
    setMember(value, '__proto__', 'x');
    expect(jsonText(value as JsonValue, { indent: 0 })).toBe('{"__proto__":"x"}');
  });

  test('writes half characters so that the text stays valid', () => {
    expect(jsonText('\ud800', { indent: 0 })).toBe('"\\ud800"');
  });

  test("escapes as Go does where istioctl's bytes are wanted", () => {
    expect(jsonText({ '<a>': '&\u2028' }, { indent: 0, asGo: true })).toBe('{"\\u003ca\\u003e":"\\u0026\\u2028"}');
    expect(jsonText('<&>', { indent: 0 })).toBe('"<&>"');
  });

  test('of a list is the same whether written at once or element by element', () => {
    const list = [{ a: [1] }, 'x', []];
    expect([...jsonArrayText(list, { indent: 4 })].join('')).toBe(`${jsonText(list, { indent: 4 })}\n`);
    expect([...jsonArrayText([], { indent: 4 })].join('')).toBe('[]\n');
  });
});
