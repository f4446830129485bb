import { BACKSLASH, QUOTE } from './json-bytes.ts';
import type { JsonKernel } from './json-kernel.ts';

/** `{` and `[`, `}` and `]` differ by this bit. */
const CASE_BIT = 0x20;
const FOLDED_OPEN = 0x7b;
const FOLDED_CLOSE = 0x7d;

/** What the kernel in WebAssembly does, byte by byte: for engines without WebAssembly (`node --jitless`, a browser page that forbids it). */
export class ScriptKernel implements JsonKernel {
  bytes: Uint8Array = new Uint8Array(1 << 16);
  private open = 0;
  private most = 0;
  private within = false;
  private escaped = false;

  reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const larger = new Uint8Array(size);
    larger.set(this.bytes);
    this.bytes = larger;
  }

  begin(): void {
    this.open = 1;
    this.most = 1;
    this.within = false;
    this.escaped = false;
  }

  skip(at: number, end: number): number {
    const { bytes } = this;
    let i = this.escaped ? at + 1 : at;
    while (i < end) {
      if (this.within) {
        i = this.stringEnd(i, end) + 1;
        this.within = i > end;
        if (this.within) i--;
        continue;
      }
      const byte = bytes[i++] as number;
      const folded = byte | CASE_BIT;
      if (byte === QUOTE) this.within = true;
      else if (folded === FOLDED_OPEN) this.most = Math.max(this.most, ++this.open);
      else if (folded === FOLDED_CLOSE && --this.open === 0) return i;
    }
    this.escaped = i > end;
    return end;
  }

  close(at: number, end: number): number {
    this.begin();
    return this.skip(at, end);
  }

  level(): number {
    return this.open;
  }

  deepest(): number {
    return this.most;
  }

  inString(): number {
    return Number(this.within);
  }

  stringEnd(at: number, end: number): number {
    const { bytes } = this;
    let i = at;
    for (; i < end; i++) {
      if (bytes[i] === QUOTE) return i;
      if (bytes[i] === BACKSLASH) i++;
    }
    return i;
  }

  /** Looks at nothing: its reader then goes on member by member. */
  member(at: number): number {
    return at;
  }

  /** Likewise. */
  extract(): number {
    return 0;
  }

  /** Knows none: its reader then makes each text. */
  knownText(): number {
    return 0;
  }
}
