import { type ByteSource, textSource } from './byte-source.ts';
import { quotedText } from './credentials.ts';
import type { DocumentNote } from './dump-document.ts';
import { Failure } from './failure.ts';
import { foreignFormat } from './known-formats.ts';
import { placeAt } from './place.ts';

/** How the bytes of a document are to be read, before anything is known of what they say. */
export interface Frame {
  readonly format: 'json' | 'yaml' | 'text' | 'protobuf';
  /** The bytes themselves, as UTF-8 where they came as UTF-16. */
  readonly source: ByteSource;
  /** Offset of the document's first byte. */
  readonly from: number;
  /** The first part of the text, from `from` on; '' for protobuf. */
  readonly head: string;
  readonly notes: readonly DocumentNote[];
}

const HEAD = 1 << 16;
const MAX_UTF16 = 1 << 28;

/**
 * Finds out by its first 64 KiB in which format a document is and where it begins: a byte-order mark, the head of an HTTP response, a
 * status such as `200`, curl's progress or kubectl's chatter may stand before it.
 * Throws Failure PC1007 (a foreign format), PC1009 (HTML), PC1014 (empty).
 */
export function frameOf(original: ByteSource): Frame {
  const source = asUtf8(original);
  const bytes = source.read(0, HEAD);
  if (bytes.length === 0) throw emptyFailure(source);
  const foreign = foreignFormat(bytes);
  if (foreign !== undefined) throw new Failure({ id: 'PC1007', what: `${source.label} is ${foreign.name}`, place: source.label, next: foreign.next });
  if (isBinary(bytes)) return { format: 'protobuf', source, from: 0, head: '', notes: [] };
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(mark));
  if (text.trim() === '' && source.size <= HEAD) throw emptyFailure(source);
  const skipped = noiseBefore(text);
  const head = text.slice(skipped);
  const from = mark + new TextEncoder().encode(text.slice(0, skipped)).length;
  const notes = noteOnNoise(text.slice(0, skipped));
  const first = head.trimStart();
  if (/^<(?:!doctype|html|head|body|\?xml|[a-z]+[\s>])/i.test(first)) throw htmlFailure(source, from, first);
  const format = /^[{[]/.test(first) && !isLog(first) ? 'json' : isYaml(first) ? 'yaml' : 'text';
  return { format, source, from, head, notes };
}

/** A text in UTF-16 (PowerShell's `>` writes it) as UTF-8; anything else as it is. */
function asUtf8(source: ByteSource): ByteSource {
  const [first = 0, second = 0, third = 0, fourth = 0] = source.read(0, 4);
  const little = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && third !== 0 && fourth === 0);
  const big = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && third === 0 && fourth !== 0);
  if ((!little && !big) || source.size > MAX_UTF16) return source;
  const bytes = source.read(0, source.size);
  return textSource(source.label, new TextDecoder(little ? 'utf-16le' : 'utf-16be').decode(bytes));
}

/** Binary data shows by control bytes that no text has: one in a hundred of the first bytes, or any zero byte. */
function isBinary(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 2048);
  let control = 0;
  for (const byte of sample) {
    if (byte === 0) return true;
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b)) control++;
  }
  return control * 100 > sample.length;
}

/** What may stand on a line before the JSON begins on that very line: a status, curl's progress, a prompt. */
const LINE_NOISE = /^(?:[\s\d.:%kMGT-]*|[\s\S]*--:--:--\s*[\dkMG.]*)$/;
const YAML_LINE = /^(?:---|%YAML|- |-$|(?:"[^"\n]+"|'[^'\n]+'|[\w@./~-]+)\s*:(?:\s|$))/;

/** The length of the text that stands before the document: 0 where there is none, or no document that could be told from it. */
export function noiseBefore(text: string): number {
  const http = /^\s*HTTP\/[\d.]+ \d{3}[^\n]*\n(?:[^\r\n]+\r?\n)*\r?\n/.exec(text)?.[0].length ?? 0;
  const rest = text.slice(http);
  if (/^\s*[{[<]/.test(rest) && !isLog(rest.trimStart())) return http;
  const yaml = isYaml(rest.trimStart());
  for (const found of rest.matchAll(/[{[]/g)) {
    const lineStart = Math.max(rest.lastIndexOf('\n', found.index), rest.lastIndexOf('\r', found.index)) + 1;
    const before = rest.slice(lineStart, found.index);
    if (!LINE_NOISE.test(before) || (yaml && before !== '')) continue;
    const opens = found[0] === '{' ? /^\{\s*["}]/ : /^\[\s*[{["]/;
    if (opens.test(rest.slice(found.index, found.index + 200)) && !isLog(rest.slice(found.index))) return http + found.index;
  }
  return http;
}

/** Envoy's and Istio's logs begin with `[2024-01-01 10:00:00.000][7][info]`. */
function isLog(text: string): boolean {
  return /^\[\d{4}-\d\d-\d\d[T ]|^\[(?:trace|debug|info|warn(?:ing)?|error|critical)\]/i.test(text);
}

function isYaml(text: string): boolean {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '' && !candidate.startsWith('#'));
  return line !== undefined && YAML_LINE.test(line.trimEnd());
}

/** The note on text that was passed over before a document; none for blanks. */
export function noteOnNoise(before: string): readonly DocumentNote[] {
  const text = before.trim();
  return text === '' ? [] : [{ id: 'PC1030', what: `text before the document was skipped: ${quotedText(text)}` }];
}

function emptyFailure(source: ByteSource): Failure {
  return new Failure({
    id: 'PC1014',
    what: source.size === 0 ? `${source.label} is empty` : `${source.label} holds nothing but blanks`,
    place: source.label,
    next: 'fetch it again; an admin port that is not there, or a full disk, leaves an empty file',
  });
}

function htmlFailure(source: ByteSource, from: number, text: string): Failure {
  const title = /<title>\s*([^<]{1,80}?)\s*<\/title>/i.exec(text)?.[1];
  return new Failure({
    id: 'PC1009',
    what: `${source.label} is a web page${title === undefined ? '' : ` (${JSON.stringify(title)})`}, not admin output`,
    place: placeAt(source, from),
    next: "ask Envoy's admin port itself: curl -s localhost:15000/config_dump?include_eds (plain Envoy: the port of its admin address)",
  });
}
