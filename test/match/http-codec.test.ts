import { expect, test } from 'vitest';
import { type ClientSpeech, readByCodec } from '../../src/match/http-codec.ts';

test.each<[string, string | undefined, ClientSpeech, string, string | null]>([
  ['AUTO', undefined, 'http/1.1', 'understands', null],
  ['AUTO', undefined, 'h2', 'understands', null],
  ['AUTO', 'h2', 'h2', 'understands', null],
  ['AUTO', 'istio-http/1.1', 'http/1.1', 'understands', null],
  ['AUTO', undefined, 'not http', 'closes', 'http1.codec_error'],
  ['HTTP1', undefined, 'http/1.0', 'understands', null],
  ['HTTP1', undefined, 'h2', 'closes', 'http1.codec_error'],
  ['HTTP1', 'h2', 'h2', 'closes', 'http1.codec_error'],
  ['HTTP2', undefined, 'h2', 'understands', null],
  ['HTTP2', undefined, 'http/1.1', 'closes', null],
  ['HTTP2', undefined, 'not http', 'closes', null],
])('codec %s, ALPN %s, the client sends %s: %s', (codec, alpn, speech, kind, details) => {
  const result = readByCodec(codec as 'AUTO', alpn, speech);
  expect(result.kind).toBe(kind);
  expect(result.kind === 'closes' ? result.details : null).toBe(details);
});
