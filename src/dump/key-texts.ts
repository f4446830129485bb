import type { ByteSource } from './byte-source.ts';

const MAX_REMEMBERED = 1024;
const MAX_LENGTH = 64;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The texts of object keys. A dump repeats a few of them without end, so short ones are decoded once. */
export class KeyTexts {
  private readonly known = new Map<number, { readonly bytes: Uint8Array; readonly text: string }>();
  private readonly source: ByteSource;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** The text of the key between the quotes at [start, end), whose last bytes stand in `chunk`, itself at `base`. */
  textOf(chunk: Uint8Array, base: number, start: number, end: number): string {
    const bytes = start >= base ? chunk.subarray(start - base, end - base) : this.source.read(start, end);
    if (bytes.length > MAX_LENGTH) return this.decoded(bytes);
    let hash = bytes.length;
    for (let i = 0; i < bytes.length; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
    const known = this.known.get(hash);
    if (known !== undefined && sameBytes(known.bytes, bytes)) return known.text;
    const text = this.decoded(bytes);
    if (this.known.size < MAX_REMEMBERED) this.known.set(hash, { bytes: new Uint8Array(bytes), text });
    return text;
  }

  private decoded(bytes: Uint8Array): string {
    const text = decoder.decode(bytes);
    if (!text.includes('\\')) return text;
    try {
      return JSON.parse(`"${text}"`) as string;
    } catch {
      return text;
    }
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
