/** Bytes that can be read anywhere, as often as needed. A file, or a buffer; who made it decides. */
export interface ByteSource {
  /** What the user calls it: a file name, `stdin`, `bug-report.tar.gz!…/config_dump`. */
  readonly label: string;
  /** Length in bytes. */
  readonly size: number;
  /** The bytes of [start, end). The result may share memory with the source and must not be changed. */
  read(start: number, end: number): Uint8Array;
}

/** A half-open range of byte offsets in a ByteSource. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** A source over bytes in memory. */
export function bytesSource(label: string, bytes: Uint8Array): ByteSource {
  return { label, size: bytes.length, read: (start, end) => bytes.subarray(start, end) };
}
