import type { JsonKernel } from './json-kernel.ts';

/** How many texts are kept at most, less one; TEXT_SIZE bytes each in the kernel's memory. */
const MASK = (1 << 11) - 1;
const TEXT_SIZE = 128;
/** What `knownText` of the kernel answers: see kernel/known-texts.ts. */
const NUMBER_SHIFT = 1,
  LENGTH_SHIFT = 16,
  NUMBERS = (1 << (LENGTH_SHIFT - NUMBER_SHIFT)) - 1;

/** How much room it needs in the kernel's memory. */
export const KNOWN_TEXTS_SIZE = (MASK + 1) * TEXT_SIZE;

/** Makes texts of short strings, those that come again and again only once: a dump says `HEALTHY` a hundred thousand times. */
export class KnownTexts {
  private readonly kernel: JsonKernel;
  private readonly table: number;
  private readonly texts: string[] = Array.from({ length: MASK + 1 }, () => '');
  /** For each length a list of so many codes, to make a text of. */
  private readonly codes: number[][] = Array.from({ length: TEXT_SIZE }, (_, length) => new Array<number>(length).fill(0));

  /** In: the address of its room, which holds zeros. */
  constructor(kernel: JsonKernel, table: number) {
    this.kernel = kernel;
    this.table = table;
  }

  /** The text of a JSON string whose inside starts at an index; undefined where it does not end before `end`, is long, not ASCII, or has escapes. */
  textAt(at: number, end: number): string | undefined {
    const found = this.kernel.knownText(at, end, this.table, MASK);
    if (found === 0) return undefined;
    const number = (found >>> NUMBER_SHIFT) & NUMBERS;
    if ((found & 1) === 1) this.texts[number] = this.make(at, (found >>> LENGTH_SHIFT) - 1);
    return this.texts[number];
  }

  private make(at: number, length: number): string {
    const { bytes } = this.kernel;
    const codes = this.codes[length] as number[];
    for (let i = 0; i < length; i++) codes[i] = bytes[at + i] as number;
    return String.fromCharCode.apply(null, codes);
  }
}
