/** A pattern of the command line, ready to be held against the names there are. */
export interface TextPattern {
  readonly text: string;
  matches(value: string): boolean;
}

/**
 * Compiles what the user gave: `~REGEX` (anywhere in the text), a glob with `*` or `?` (the whole text), or plain text. Plain text means
 * the name that is exactly that where there is one, else every name that holds it. Letter case never counts.
 *
 * In: the text, and all values that it will be held against. Throws SyntaxError for a broken regular expression.
 */
export function textPattern(text: string, values: Iterable<string>): TextPattern {
  if (text.startsWith('~')) {
    const regex = new RegExp(text.slice(1), 'i');
    return { text, matches: (value) => regex.test(value) };
  }
  const lower = text.toLowerCase();
  const exact = (value: string): boolean => value.toLowerCase() === lower;
  for (const value of values) if (exact(value)) return { text, matches: exact };
  if (/[*?]/.test(text)) {
    const glob = new RegExp(
      `^${text
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
      'is',
    );
    return { text, matches: (value) => glob.test(value) };
  }
  return { text, matches: (value) => value.toLowerCase().includes(lower) };
}

/** A text that every value holds that a pattern matches, letter case aside, whatever the other values; '' where there is none for sure. */
export function certainPart(text: string): string {
  if (text.startsWith('~')) return '';
  return text.split(/[*?]/).reduce((longest, part) => (part.length > longest.length ? part : longest));
}
