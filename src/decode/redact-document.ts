import type { ByteSource, ByteSpan } from '../dump/byte-source.ts';
import { outlineJson } from '../dump/json-outline.ts';
import { runsOf } from './json-parts.ts';
import { maskSecretBytes, REDACTED } from './mask-secrets.ts';

/** So many bytes are masked in one go, with what they stand under. */
const PIECE = 1 << 18;

/**
 * A JSON document with its secrets replaced, piece by piece; every other byte is as it was. In: the document, and where it begins. Memory:
 * a few pieces, however large the document is, unless one text in it is. Several documents behind each other are all redacted; text behind
 * them that is no JSON is left out, since what is secret in it is unknown. Throws Failure PC10xx for what is no JSON.
 */
export function* redactedJson(source: ByteSource, from = 0): Generator<Uint8Array> {
  for (let at: number | undefined = from; at !== undefined; ) {
    const { start, end } = outlineJson(source, 0, { from: at });
    yield* redactedValue(source, { start, end }, { before: '', after: '' });
    yield NEWLINE;
    at = nextDocument(source, end);
  }
}

const encoder = new TextEncoder();
const NEWLINE = encoder.encode('\n');
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const QUOTE = 0x22;

/** What stands around a value in JSON, without its siblings: `{"configs":[` and `]}`. It says whether the value is secret. */
interface Surroundings {
  readonly before: string;
  readonly after: string;
}

function* redactedValue(source: ByteSource, value: ByteSpan, around: Surroundings): Generator<Uint8Array> {
  const bracket = source.read(value.start, value.start + 1)[0];
  if (value.end - value.start <= PIECE || (bracket !== OPEN_BRACE && bracket !== OPEN_BRACKET)) {
    yield masked(source.read(value.start, value.end), around, UNREADABLE);
    return;
  }
  const isObject = bracket === OPEN_BRACE;
  const inside: Surroundings = isObject
    ? { before: `${around.before}{`, after: `}${around.after}` }
    : { before: `${around.before}[`, after: `]${around.after}` };
  let at = value.start;
  for (const { start, end, only } of runsOf(source, value, PIECE)) {
    if (only === undefined) {
      yield source.read(at, start).slice();
      yield masked(source.read(start, end), inside, isObject ? `${UNREADABLE}: ${UNREADABLE}` : UNREADABLE);
    } else {
      yield source.read(at, only.start).slice();
      const key = only.key === undefined ? '' : `${new TextDecoder().decode(only.key)}:`;
      yield* redactedValue(source, only, { before: inside.before + key, after: inside.after });
    }
    at = end;
  }
  yield source.read(at, value.end).slice();
}

const UNREADABLE = JSON.stringify(`${REDACTED}: not readable as JSON`);

/** Masks a part of a document with what stands around it, which is taken off again. */
function masked(bytes: Uint8Array, { before, after }: Surroundings, unreadable: string): Uint8Array {
  const head = encoder.encode(before);
  const tail = encoder.encode(after);
  const whole = new Uint8Array(head.length + bytes.length + tail.length);
  whole.set(head);
  whole.set(bytes, head.length);
  whole.set(tail, head.length + bytes.length);
  const result = maskSecretBytes(whole);
  if (result[0] === QUOTE && whole[0] !== QUOTE) return encoder.encode(unreadable);
  return result.slice(head.length, result.length - tail.length);
}

function nextDocument(source: ByteSource, from: number): number | undefined {
  const WINDOW = 4096;
  for (let at = from; at < source.size; at += WINDOW) {
    const bytes = source.read(at, Math.min(at + WINDOW, source.size));
    const start = bytes.findIndex((byte) => byte > 0x20);
    if (start >= 0) return bytes[start] === OPEN_BRACE || bytes[start] === OPEN_BRACKET ? at + start : undefined;
  }
  return undefined;
}
