import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/dump/failure.ts';
import { parseJson } from '../../src/dump/json-text.ts';
import { JsonNumber, type JsonValue } from '../../src/dump/json-value.ts';
import { surveyJson } from '../../src/dump/survey-json.ts';
import { decodeUtf8 } from '../../src/dump/utf8.ts';
import { writeJson } from '../../src/dump/write-json.ts';

const parse = (text: string): JsonValue => parseJson(text, (offset) => `at ${offset}`);

describe('JSON without loss', () => {
  test.each(['12345678901234567890', '1.0', '0.10', '1e3', '1E400', '-0', '0.12345678901234567890', '9007199254740993'])(
    'the number %s keeps its digits',
    (digits) => {
      expect(parse(`[${digits}]`)).toEqual([new JsonNumber(digits)]);
      expect(parse(`{"a": {"b":${digits}}}`)).toEqual({ a: { b: new JsonNumber(digits) } });
      expect(writeJson(parse(`[${digits}]`))).toBe(`[\n ${digits}\n]`);
    },
  );

  test.each(['0', '-1', '80', '4294967295', '0.5', '1.25', '999999999999999'])('the number %s is a number', (digits) => {
    expect(parse(digits)).toBe(Number(digits));
  });

  test('text that looks like an odd number is text', () => {
    expect(surveyJson(new TextEncoder().encode('{"a": "1.0, 1e3, 12345678901234567890", "1.0": [1]}'))).toEqual({ members: 2, hasOddNumber: false });
  });

  test('a key that stands twice is found at any depth, in any spelling', () => {
    expect(() => parse('{"a": [{"b": 1, "c": {"d": 1, "\\u0064": 2}}]}')).toThrow(expect.objectContaining({ id: 'PC1005', place: 'at 30' }));
    expect(() => parse('{"__proto__": 1, "__proto__": 2}')).toThrow(Failure);
    expect(Object.keys(parse('{"__proto__": 1}') as object)).toEqual(['__proto__']);
  });

  test('a colon within text is no member', () => {
    expect(parse('{"a:": ":", "\\":": "\\\\"}')).toEqual({ 'a:': ':', '":': '\\' });
  });

  test('any JSON value comes back as JSON.parse reads it, and as it was written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const read = parse(text);
        expect(JSON.parse(writeJson(read))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test('what is not JSON is told by its place', () => {
    for (const [text, offset] of [
      ['{"a" 1}', 5],
      ['[1,]', 3],
      ['{"a": tru}', 6],
      ['["\n"]', 1],
      ['[01]', 2],
      ['', 0],
      ['[1] x', 4],
    ] as const) {
      expect(() => parse(text)).toThrow(expect.objectContaining({ id: 'PC1004', place: `at ${offset}` }));
    }
  });
});

describe('UTF-8', () => {
  test.each([
    [[0x61, 0xff, 0x62], 1],
    [[0x61, 0xc3, 0xa4, 0xc3], 3],
    [[0xe2, 0x82, 0x61], 0],
    [[0xed, 0xa0, 0x80], 0],
    [[0xf5, 0x80, 0x80, 0x80], 0],
  ])('%j is wrong at %d', (bytes, faultAt) => {
    expect(decodeUtf8(Uint8Array.from(bytes)).faultAt).toBe(faultAt);
  });

  test('a replacement character that was written is none', () => {
    expect(decodeUtf8(new TextEncoder().encode('\ufffd'))).toEqual({ text: '\ufffd', faultAt: undefined });
  });
});
