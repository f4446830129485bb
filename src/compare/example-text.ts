import { compileRegex } from '../match/regex.ts';
import { compileString } from '../match/string-matcher.ts';
import type { StringMatcher } from '../model/generated/envoy-api.ts';

/** A text that a StringMatcher takes; undefined where none was found. */
export function exampleOfString(matcher: StringMatcher): string | undefined {
  const text = matcher.exact ?? matcher.prefix ?? matcher.suffix ?? matcher.contains ?? (matcher.safe_regex && exampleOfRegex(matcher.safe_regex.regex ?? ''));
  return text !== undefined && compileString(matcher).matches(text) ? text : undefined;
}

/**
 * A text that the whole of a regular expression (RE2) matches, as short as it comes; undefined where none was found. In: what else the text
 * must be, a path, say.
 */
export function exampleOfRegex(source: string, isWanted: (text: string) => boolean = () => true): string | undefined {
  const regex = compileRegex(source);
  if (regex === undefined) return undefined;
  // `.` alone may stand for a slash or a letter, and `*` for something: the text is tried in several fillings.
  for (const optional of [0, 1]) {
    for (const filling of ['x', '1', '/x', 'X-1']) {
      const text = new Writer(source, filling, optional).write();
      if (text !== undefined && isWanted(text) && regex.matchesAll(text)) return text;
    }
  }
  return undefined;
}

/** Candidates of a character class, in the order in which they are tried. */
const CANDIDATES = 'xa1Z_-./ AbB09:=@%+,;~!';
const CLASSES: Readonly<Record<string, string>> = { d: '1', D: 'x', w: 'x', W: '-', s: ' ', S: 'x', b: '', B: '', A: '', z: '', n: '\n', t: '\t' };

/** Reads a regular expression and writes one text for it: the first alternative, each repetition as seldom as it may be. */
class Writer {
  private at = 0;
  private readonly source: string;
  private readonly filling: string;
  /** How often something stands that may be left out. */
  private readonly optional: number;

  constructor(source: string, filling: string, optional: number) {
    this.source = source;
    this.filling = filling;
    this.optional = optional;
  }

  write(): string | undefined {
    const text = this.alternatives();
    return this.at === this.source.length ? text : undefined;
  }

  private alternatives(): string {
    let first: string | undefined;
    for (;;) {
      const text = this.sequence();
      first ??= text;
      if (this.source[this.at] !== '|') return first;
      this.at++;
    }
  }

  private sequence(): string {
    let text = '';
    while (this.at < this.source.length && !'|)'.includes(this.source[this.at] as string)) {
      const atom = this.atom();
      text += atom.repeat(this.repetitions());
    }
    return text;
  }

  private atom(): string {
    const char = this.source[this.at++] as string;
    if (char === '(') {
      const flags = /^\?(?:[a-zA-Z-]*:|P?<\w+>|[a-zA-Z-]+(?=\)))/.exec(this.source.slice(this.at));
      this.at += flags?.[0].length ?? 0;
      const text = this.alternatives();
      this.at++;
      return text;
    }
    if (char === '[') return this.characterClass();
    if (char === '\\') {
      const escaped = this.source[this.at++] ?? '';
      return CLASSES[escaped] ?? escaped;
    }
    if (char === '.') return this.filling;
    return char === '^' || char === '$' ? '' : char;
  }

  private characterClass(): string {
    const end = this.source.indexOf(']', this.source[this.at] === '^' ? this.at + 2 : this.at + 1);
    const body = this.source.slice(this.at, end);
    this.at = end + 1;
    const regex = compileRegex(`[${body}]`);
    return [...CANDIDATES, ...body].find((char) => regex?.matchesAll(char)) ?? '';
  }

  /** How often the atom before stands: as seldom as the quantifier allows. */
  private repetitions(): number {
    const found = /^(?:[*?+]|\{(\d+)(?:,\d*)?\})\??/.exec(this.source.slice(this.at));
    if (found === null) return 1;
    this.at += found[0].length;
    if (found[1] !== undefined) return Number(found[1]);
    return found[0].startsWith('+') ? 1 : this.optional;
  }
}
