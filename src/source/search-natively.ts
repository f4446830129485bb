import type { ByteSearch } from '../dump/indented-layout.ts';

/** From this size on it pays to find borders by the layout of lines; below, every bracket is looked at. */
export const LARGE = 1 << 22;

/** Searches as Node's Buffer does. */
export const searchNatively: ByteSearch = (bytes, wanted, from) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(wanted, from);
