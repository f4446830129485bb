import { pastSpaces, searchBytes, stringEnd } from './byte-search.ts';
import { COLON, DIGIT_0, DIGIT_9, MINUS, NEWLINE, QUOTE, SPACE } from './json-bytes.ts';

/** Integers of so many digits, and no leading zero, are read and written back alike. */
const SAFE_DIGITS = 15;

/** What JSON.parse would not tell of a JSON text. */
export interface JsonSurvey {
  /** How many members its objects have, repeated keys counted each time. */
  readonly members: number;
  /** Whether a number in it has digits or a spelling that a double loses: `12345678901234567890`, `1.0`. */
  readonly hasOddNumber: boolean;
}

/** Looks over the bytes of a JSON text, strings passed over. It stops at the first odd number. */
export function surveyJson(bytes: Uint8Array): JsonSurvey {
  const search = searchBytes(bytes);
  const length = bytes.length;
  let members = 0;
  for (let i = 0; i < length; ) {
    const byte = bytes[i++] as number;
    if (byte === QUOTE) {
      const end = stringEnd(search, i);
      if (end < 0) break;
      i = end + 1;
    } else if (byte === NEWLINE) {
      i = pastSpaces(search, i);
    } else if (byte === COLON) {
      members++;
    } else if ((byte >= DIGIT_0 && byte <= DIGIT_9) || byte === MINUS) {
      const start = i - 1;
      let plain = byte !== MINUS && byte !== DIGIT_0;
      while (i < length && !endsNumber(bytes[i] as number)) {
        const digit = bytes[i++] as number;
        if (digit < DIGIT_0 || digit > DIGIT_9) plain = false;
      }
      if ((!plain || i - start > SAFE_DIGITS) && isOddNumber(bytes.subarray(start, i))) return { members, hasOddNumber: true };
    }
  }
  return { members, hasOddNumber: false };
}

function endsNumber(byte: number): boolean {
  return byte <= SPACE || byte === 0x2c || byte === 0x5d || byte === 0x7d || byte === QUOTE || byte === COLON;
}

function isOddNumber(bytes: Uint8Array): boolean {
  if (bytes.length > 32) return true;
  const digits = String.fromCharCode(...bytes);
  return String(Number(digits)) !== digits;
}
