import { isPlainText } from './text-width.ts';

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** A cell is one line: what would break a line, or drive a terminal, is written as an escape. */
export function oneLine(text: string): string {
  if (isPlainText(text)) return text;
  return text.replace(CONTROLS, (char) => (char === '\n' ? '\\n' : char === '\t' ? '\\t' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`));
}
