import { describe, expect, test } from 'vitest';
import { JsonPartReader } from '../../src/decode/json-parts.ts';
import { maskSecretBytes } from '../../src/decode/mask-secrets.ts';
import { redactedJson } from '../../src/decode/redact-document.ts';
import { bytesSource, textSource } from '../../src/dump/byte-source.ts';

const decoder = new TextDecoder();
const textOf = (pieces: Iterable<Uint8Array>): string => [...pieces].map((piece) => decoder.decode(piece)).join('');

describe('the parts of a container', () => {
  const partsOf = (text: string): string[] => {
    const reader = new JsonPartReader(textSource('', text));
    const parts: string[] = [];
    for (let at = 1, stop = ''; stop !== 'close'; ) {
      const part = reader.read(at, 1000);
      if (part.end > part.start) parts.push(text.slice(part.start, part.end));
      ({ next: at, stop } = part);
    }
    return parts;
  };

  test.each<[string, string[]]>([
    ['[]', []],
    ['{ }', []],
    ['[1, 2 ,3]', ['1', '2', '3']],
    ['["a,]", {"b": [1,2]}, [ ]]', ['"a,]"', '{"b": [1,2]}', '[ ]']],
    [String.raw`{"a": "\"}", "b\\": {"c": 1}, "d":[ ]}`, [String.raw`"a": "\"}"`, String.raw`"b\\": {"c": 1}`, '"d":[ ]']],
  ])('%s', (text, parts) => {
    expect(partsOf(text)).toEqual(parts);
  });

  test('one that is large is known before its end', () => {
    const text = '{"small": 1, "large" : [1, 2, 3, 4, 5, 6]}';
    const reader = new JsonPartReader(textSource('', text));
    const { next } = reader.read(1, 12);
    const large = reader.read(next, 12);
    expect([large.stop, text.slice(large.start, large.colon), reader.firstByte((large.colon ?? 0) + 1).at]).toEqual(['large', '"large" ', text.indexOf('[')]);
    expect(reader.read(text.length - 1, 12)).toMatchObject({ stop: 'close', next: text.length });
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
