import type { ByteSource, ByteSpan } from './byte-source.ts';
import { Failure } from './failure.ts';
import { isChecksum } from './known-formats.ts';

/** A file of a tar archive: its name as the archive has it, and where its bytes stand. */
export interface TarMember {
  readonly name: string;
  readonly span: ByteSpan;
}

const BLOCK = 512;
const MAX_MEMBERS = 100_000;
const MAX_NAME = 1 << 16;

/**
 * The regular files of a tar archive (ustar, pax, GNU), in order. Nothing is written anywhere; names may be anything and are only shown.
 * Throws Failure PC1016 where a header is damaged or a member runs over the end.
 */
export function tarMembers(source: ByteSource): readonly TarMember[] {
  const members: TarMember[] = [];
  let longName: string | undefined;
  let attributes: ReadonlyMap<string, string> = new Map();
  for (let at = 0; at + BLOCK <= source.size; ) {
    const header = source.read(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    if (!isChecksum(header)) throw damaged(source, at, 'a header has a wrong checksum');
    const size = Number(attributes.get('size') ?? sizeOf(header));
    const start = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0) throw damaged(source, at, 'a member has no size');
    if (start + size > source.size) throw damaged(source, at, 'the last member is cut short');
    const type = String.fromCharCode(header[156] ?? 0);
    const content = (): string => new TextDecoder().decode(source.read(start, start + Math.min(size, MAX_NAME)));
    if (type === 'L') longName = content().replace(/\0[\s\S]*$/, '');
    else if (type === 'x') attributes = paxAttributes(content());
    else if (type !== 'K' && type !== 'g') {
      const name = longName ?? attributes.get('path') ?? nameOf(header);
      if (type === '0' || type === '\0' || type === '7') members.push({ name, span: { start, end: start + size } });
      longName = undefined;
      attributes = new Map();
    }
    if (members.length > MAX_MEMBERS) throw damaged(source, at, `there are more than ${MAX_MEMBERS} members`);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return members;
}

/** The folders and name of a member for display: no `.` and `..`, no control characters. */
export function memberPath(name: string): string[] {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map((part) => part.replace(/\p{Cc}/gu, '?'));
}

/** Octal text, or, for members of 8 GiB and more, a binary number behind a set first bit. */
function sizeOf(header: Uint8Array): number {
  const field = header.subarray(124, 136);
  if (((field[0] ?? 0) & 0x80) !== 0) return field.subarray(4).reduce((sum, byte) => sum * 256 + byte, 0);
  const text = textOf(field).trim();
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function nameOf(header: Uint8Array): string {
  const name = textOf(header.subarray(0, 100));
  const prefix = textOf(header.subarray(257, 262)) === 'ustar' && header[262] === 0 ? textOf(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** Records of `LENGTH KEY=VALUE\n`, the length in bytes. */
function paxAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const line of text.split('\n')) {
    const found = /^\d+ ([^=]+)=(.*)$/.exec(line);
    if (found !== null) attributes.set(found[1] as string, found[2] as string);
  }
  return attributes;
}

function damaged(source: ByteSource, at: number, what: string): Failure {
  return new Failure({ id: 'PC1016', what: `the tar archive is damaged: ${what}`, place: `${source.label}, byte ${at}`, next: 'fetch or pack it again' });
}
