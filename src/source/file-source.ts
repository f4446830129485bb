import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteSource } from '../dump/byte-source.ts';

/** A file read where it is asked for; nothing of it is held. */
export function fileSource(path: string): ByteSource & { close(): void } {
  const handle = openSync(path, 'r');
  const { size } = statSync(path);
  return {
    label: path,
    size,
    read(start, end) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      let filled = 0;
      while (filled < bytes.length) {
        const count = readSync(handle, bytes, filled, bytes.length - filled, start + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    },
    close: () => closeSync(handle),
  };
}
