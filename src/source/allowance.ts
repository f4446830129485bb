import type { ByteSource } from '../dump/byte-source.ts';
import { Failure } from '../dump/failure.ts';

/** Dumps of this size are not known; a disk should not be filled by a file that is none. */
const MAX_UNPACKED = 2 ** 34;

/** Counts what comes out of a decompressor, so that a small file cannot fill the disk. */
export class Allowance {
  private taken = 0;
  private readonly source: ByteSource;
  private readonly limit: number;

  /** In: the packed bytes; how often their size is believed, and what is believed anyway; what the user allows in place of that. */
  constructor(source: ByteSource, { growth, free }: { readonly growth: number; readonly free: number }, allowed?: number) {
    this.source = source;
    this.limit = allowed ?? Math.min(MAX_UNPACKED, Math.max(free, source.size * growth));
  }

  /** Throws Failure PC1015 where that is more than is allowed. */
  take(bytes: number): void {
    this.taken += bytes;
    if (this.taken > this.limit) throw this.exceeded();
  }

  private exceeded(): Failure {
    return new Failure({
      id: 'PC1015',
      what: `${this.source.label} unpacks to more than ${Math.round(this.limit / 2 ** 20)} MiB, the most that is believed of a dump of its size`,
      place: this.source.label,
      next: 'where that is right, allow more: --max-unpacked 8GiB',
    });
  }
}
