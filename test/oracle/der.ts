// The few ASN.1 DER values that a certificate is made of (ITU-T X.690).

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, Buffer.concat(parts));
export const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
export const octetString = (bytes: Buffer): Buffer => tagged(0x04, bytes);
export const bitString = (bytes: Buffer): Buffer => tagged(0x03, Buffer.concat([Buffer.from([0]), bytes]));
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text));
export const explicit = (number: number, value: Buffer): Buffer => tagged(0xa0 + number, value);
export const implicit = (number: number, bytes: Buffer): Buffer => tagged(0x80 + number, bytes);

/** UTCTime, to the second. */
export function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, '');
  return tagged(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Base64 in lines of 64 characters, as PEM has it. */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{1,64}/g, '$&\n');
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}

function tagged(tag: number, content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const size = content.length < 0x100 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
