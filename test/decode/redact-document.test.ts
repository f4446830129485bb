import { describe, expect, test } from 'vitest';
import { runsOf } from '../../src/decode/json-parts.ts';
import { maskSecretBytes } from '../../src/decode/mask-secrets.ts';
import { redactedJson } from '../../src/decode/redact-document.ts';
import { bytesSource, textSource } from '../../src/dump/byte-source.ts';

const decoder = new TextDecoder();
const textOf = (pieces: Iterable<Uint8Array>): string => [...pieces].map((piece) => decoder.decode(piece)).join('');

describe('the runs of a container', () => {
  test.each<[string, number, string[]]>([
    ['[]', 10, []],
    ['{ }', 10, []],
    ['[1, 2 ,3]', 3, ['1', '2', '3']],
    ['[1, 2 ,3]', 4, ['1, 2', '3']],
    ['["a,]", {"b": [1,2]}, 3]', 8, ['"a,]"', '{"b": [1,2]}', '3']],
    [String.raw`{"a": "\"}", "b\\": {"c": 1}, "d":[ ]}`, 14, [String.raw`"a": "\"}"`, String.raw`"b\\": {"c": 1}`, '"d":[ ]']],
  ])('%s in pieces of %i', (text, size, runs) => {
    const source = textSource('', text);
    expect([...runsOf(source, { start: 0, end: source.size }, size)].map(({ start, end }) => text.slice(start, end))).toEqual(runs);
  });

  test('that is too large comes with its key and its value', () => {
    const text = '{"small": 1, "large" : [1, 2, 3, 4, 5, 6]}';
    const [, large] = runsOf(textSource('', text), { start: 0, end: text.length }, 12);
    expect([decoder.decode(large?.only?.key).trim(), text.slice(large?.only?.start, large?.only?.end)]).toEqual(['"large"', '[1, 2, 3, 4, 5, 6]']);
  });
});

/** Half of these are no credentials, and stay. */
const HEADERS = 'with a long list of headers';

describe('a redacted document', () => {
  const header = (i: number) => ({ header: { key: i % 2 ? 'authorization' : 'x-other', value: `Bearer hush-${i}` }, append: true });
  const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const documents: Readonly<Record<string, unknown>> = {
    [HEADERS]: { configs: [{ routes: many(6000, (i) => ({ request_headers_to_add: [header(i)], note: `"}],{${i}\\` })) }] },
    'with a long list below a secret': { generic_secret: { list: many(9000, (i) => ({ inline_string: `hush-${i}`, name: `s-${i}` })) }, stays: 'open' },
    'with many members below a secret': {
      a: { private_key: Object.fromEntries(many(9000, (i) => [`k-${i}`, { inline_string: `hush-${i}` }])) },
      stays: 'open',
    },
    'with one long text': { password: 'hush'.repeat(100_000), note: 'x'.repeat(400_000) },
    'with a token in one long list of texts': { list: many(20_000, (i) => (i === 15_000 ? 'eyJhbGciOiJI.eyJzdWIiOiIx.hush' : `text number ${i}`)) },
    'that is a list': many(9000, (i) => ({ api_key: `hush-${i}`, n: i })),
  };

  test.each(Object.keys(documents))('%s is what it is when all of it is masked at once', (name) => {
    for (const indent of [0, 1]) {
      const bytes = new TextEncoder().encode(JSON.stringify(documents[name], null, indent));
      expect(bytes.length).toBeGreaterThan(1 << 18);
      const redacted = textOf(redactedJson(bytesSource('', bytes)));
      expect(redacted === `${decoder.decode(maskSecretBytes(bytes))}\n`).toBe(true);
      if (name !== HEADERS) expect(redacted).not.toContain('hush');
    }
  });

  test('holds no more than a few pieces at a time, however many values there are', () => {
    const text = `{"stats":[${many(120_000, (i) => `{"name":"cluster.c${i}.upstream_rq_total","value":${i}}`).join(',')}]}`;
    let largest = 0;
    let size = 0;
    for (const piece of redactedJson(textSource('', text))) {
      largest = Math.max(largest, piece.length);
      size += piece.length;
    }
    expect([size, largest <= 1 << 18]).toEqual([text.length + 1, true]);
  });

  test('shows nothing of a part that is no JSON inside', () => {
    const text = `{"list":[${'1,'.repeat(200_000)}{"password" "hush"}],"stays":1}`;
    const redacted = textOf(redactedJson(textSource('', text)));
    expect(redacted).not.toContain('hush');
    expect(redacted).toContain('"[redacted]: not readable as JSON"],"stays":1}');
  });
});
