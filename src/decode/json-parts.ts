import type { ByteSource, ByteSpan } from '../dump/byte-source.ts';

/** A run of neighbouring members of an object, or elements of a list. */
export interface JsonRun extends ByteSpan {
  /** Where its only value stands, and the bytes of its key in an object: `"configs"`; undefined for a run of several, or of none that is large. */
  readonly only: (ByteSpan & { readonly key: Uint8Array | undefined }) | undefined;
}

const WINDOW = 1 << 18;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const SPACE = 0x20;
/** `{` and `[`, `}` and `]` differ by this bit, in ASCII. */
const CASE_BIT = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * The members or elements of a JSON object or list, in runs of at most `size` bytes; a larger one comes by itself. In: where it stands, its
 * brackets included; it must be well formed as far as strings and brackets go. Memory: one window, however many there are.
 */
export function* runsOf(source: ByteSource, container: ByteSpan, size: number): Generator<JsonRun> {
  let run: { start: number; end: number } | undefined;
  for (const { start, end, colon } of childrenOf(source, container)) {
    if (run !== undefined && end - run.start > size) {
      yield { ...run, only: undefined };
      run = undefined;
    }
    if (run === undefined && end - start > size) yield { start, end, only: valueOf(source, start, end, colon) };
    else run = { start: run?.start ?? start, end };
  }
  if (run !== undefined) yield { ...run, only: undefined };
}

/** A child with its key, and where the colon behind the key stands. */
interface Child extends ByteSpan {
  readonly colon: number | undefined;
}

function* childrenOf(source: ByteSource, container: ByteSpan): Generator<Child> {
  const isObject = source.read(container.start, container.start + 1)[0] === OPEN_BRACE;
  const last = container.end - 1;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let start = -1;
  let colon: number | undefined;
  let behind = 0;
  for (let base = container.start + 1; base < last; base += WINDOW) {
    const bytes = source.read(base, Math.min(base + WINDOW, last));
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inString = false;
          behind = base + i + 1;
        }
        continue;
      }
      if (byte <= SPACE) continue;
      if (depth === 0 && byte === COMMA) {
        yield { start, end: behind, colon };
        start = -1;
        colon = undefined;
        continue;
      }
      if (start < 0) start = base + i;
      behind = base + i + 1;
      if (byte === QUOTE) inString = true;
      else if (byte === COLON) {
        if (depth === 0 && isObject) colon ??= base + i;
      } else if ((byte | CASE_BIT) === OPEN) depth++;
      else if ((byte | CASE_BIT) === CLOSE) depth--;
    }
  }
  if (start >= 0) yield { start, end: behind, colon };
}

function valueOf(source: ByteSource, start: number, end: number, colon: number | undefined): NonNullable<JsonRun['only']> {
  if (colon === undefined) return { start, end, key: undefined };
  let value = colon + 1;
  while ((source.read(value, value + 1)[0] ?? 0) <= SPACE && value < end) value++;
  return { start: value, end, key: source.read(start, colon).slice() };
}
