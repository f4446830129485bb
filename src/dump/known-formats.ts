/** Formats that are no admin output, by the bytes they begin with, and what to do about them. */
const FORMATS: readonly (readonly [magic: readonly number[], name: string, next: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive', 'unpack it and give the folder'],
  [[0x50, 0x4b, 0x05, 0x06], 'an empty zip archive', 'look for the archive that holds the dump'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz-compressed', 'unpack it first: xz -d'],
  [[0x42, 0x5a, 0x68], 'bzip2-compressed', 'unpack it first: bzip2 -d'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'a 7z archive', 'unpack it and give the folder'],
  [[0x04, 0x22, 0x4d, 0x18], 'lz4-compressed', 'unpack it first: lz4 -d'],
  [[0x7f, 0x45, 0x4c, 0x46], 'a program (ELF)', 'give a file that was fetched from the admin port'],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG picture', 'give a file that was fetched from the admin port'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF document', 'give a file that was fetched from the admin port'],
  [[0xd4, 0xc3, 0xb2, 0xa1], 'a packet capture', 'give a file that was fetched from the admin port'],
  [[0x0a, 0x0d, 0x0d, 0x0a], 'a packet capture', 'give a file that was fetched from the admin port'],
];

/** The foreign format that bytes are in by their first few; undefined for none that is known. */
export function foreignFormat(head: Uint8Array): { readonly name: string; readonly next: string } | undefined {
  const found = FORMATS.find(([magic]) => startsWith(head, magic));
  return found && { name: found[1], next: found[2] };
}

/** Whether bytes are gzip (RFC 1952). */
export function isGzip(head: Uint8Array): boolean {
  return startsWith(head, [0x1f, 0x8b, 0x08]);
}

/** Whether bytes are Zstandard (RFC 8878): a frame, or a skippable one before it. */
export function isZstd(head: Uint8Array): boolean {
  return startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]) || (((head[0] ?? 0) & 0xf0) === 0x50 && startsWith(head.subarray(1), [0x2a, 0x4d, 0x18]));
}

/** Whether bytes are a tar archive: the header's magic, or, for archives before POSIX, its checksum. */
export function isTar(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  if (startsWith(head.subarray(257), [0x75, 0x73, 0x74, 0x61, 0x72])) return true;
  return head[0] !== 0 && isChecksum(head);
}

/** Whether the checksum of a tar header is right: the sum of its bytes, its own field taken as blanks. */
export function isChecksum(header: Uint8Array): boolean {
  const text = String.fromCharCode(...header.subarray(148, 156)).replace(/[\0 ]/g, '');
  if (!/^[0-7]{1,7}$/.test(text)) return false;
  let sum = 8 * 0x20;
  for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += header[i] as number;
  return sum === Number.parseInt(text, 8);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
