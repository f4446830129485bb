const ESCAPES = /\u001b\[[0-9;]*m/g;

/** Ranges of code points that a terminal draws two columns wide. Source: Unicode's EastAsianWidth W and F, and emoji presentation. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

const PLAIN = /^[ -~]*$/;

/** Whether a text is of printable ASCII alone: each of its characters takes one column, and none drives a terminal. */
export function isPlainText(text: string): boolean {
  return PLAIN.test(text);
}

/** How many columns of a terminal a text takes; colours take none. */
export default function textWidth(text: string): number {
  if (isPlainText(text)) return text.length;
  const bare = text.replace(ESCAPES, '');
  if (isPlainText(bare)) return bare.length;
  let width = 0;
  for (const char of bare) width += charWidth(char.codePointAt(0) as number);
  return width;
}

function charWidth(code: number): number {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if ((code >= 0x300 && code <= 0x36f) || (code >= 0x200b && code <= 0x200f) || (code >= 0xfe00 && code <= 0xfe0f)) return 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
