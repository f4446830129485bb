import type { ByteSource } from '../dump/byte-source.ts';
import { OPEN_BRACE, OPEN_BRACKET, QUOTE } from '../dump/json-bytes.ts';
import { outlineJson } from '../dump/json-outline.ts';
import { JsonPartReader } from './json-parts.ts';
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
    const isContainer = [OPEN_BRACE, OPEN_BRACKET].includes(source.read(start, start + 1)[0] ?? 0);
    if (end - start > PIECE && isContainer) yield* redactedContainer(source, new JsonPartReader(source), start, { before: '', after: '' });
    else yield masked(source.read(start, end), { before: '', after: '' }, UNREADABLE);
    yield NEWLINE;
    at = nextDocument(source, end);
  }
}

const encoder = new TextEncoder();
const NEWLINE = encoder.encode('\n');

/** What stands around a value in JSON, without its siblings: `{"configs":[` and `]}`. It says whether the value is secret. */
interface Surroundings {
  readonly before: string;
  readonly after: string;
}

/** A container, of which runs of neighbours are masked together, and what is large by itself. Out: where it ends. */
function* redactedContainer(source: ByteSource, reader: JsonPartReader, start: number, around: Surroundings): Generator<Uint8Array, number> {
  const isObject = reader.firstByte(start).byte === OPEN_BRACE;
  const inside: Surroundings = isObject
    ? { before: `${around.before}{`, after: `}${around.after}` }
    : { before: `${around.before}[`, after: `]${around.after}` };
  const unreadable = isObject ? `${UNREADABLE}: ${UNREADABLE}` : UNREADABLE;
  let written = start;
  let run: { start: number; end: number } | undefined;
  function* flush(): Generator<Uint8Array> {
    if (run === undefined) return;
    yield source.read(written, run.start).slice();
    yield masked(source.read(run.start, run.end), inside, unreadable);
    written = run.end;
    run = undefined;
  }
  for (let at = start + 1; ; ) {
    let part = reader.read(at, PIECE);
    if (part.stop === 'large') {
      const { byte, at: valueStart } = reader.firstByte(isObject ? (part.colon ?? part.start) + 1 : part.start);
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        yield* flush();
        yield source.read(written, valueStart).slice();
        const key = isObject ? `${new TextDecoder().decode(source.read(part.start, part.colon ?? part.start))}:` : '';
        written = yield* redactedContainer(source, reader, valueStart, { before: inside.before + key, after: inside.after });
        at = written;
        continue;
      }
      part = reader.read(at, Number.POSITIVE_INFINITY);
    }
    if (part.end > part.start) {
      if (run !== undefined && part.end - run.start > PIECE) yield* flush();
      run = { start: run?.start ?? part.start, end: part.end };
    }
    at = part.next;
    if (part.stop === 'comma') continue;
    yield* flush();
    yield source.read(written, at).slice();
    return at;
  }
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
