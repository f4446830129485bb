import type { ByteSearch } from '../dump/byte-source.ts';

/** Searches as Node's Buffer does. */
export const searchNatively: ByteSearch = (bytes, wanted, from) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(wanted, from);
