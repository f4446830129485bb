import { RE2JS } from 're2js';

/**
 * Envoy's safe_regex: RE2 syntax, and the whole subject must match (RE2::FullMatch).
 * Source: source/common/common/regex.cc CompiledGoogleReMatcher::match; syntax https://github.com/google/re2/wiki/Syntax
 */
export interface Regex {
  /** Whether the whole text matches. */
  matchesAll(text: string): boolean;
  /** Replaces every match; `\1` to `\9` in the substitution stand for groups (RE2::GlobalReplace). */
  replaceAll(text: string, substitution: string): string;
}

const compiled = new Map<string, Regex | undefined>();

/** The compiled regex; undefined where RE2 would refuse it (Envoy rejects the configuration then). */
export function compileRegex(source: string): Regex | undefined {
  if (!compiled.has(source)) {
    if (compiled.size > 20_000) compiled.clear();
    compiled.set(source, compile(source));
  }
  return compiled.get(source);
}

function compile(source: string): Regex | undefined {
  let re2: RE2JS;
  try {
    re2 = RE2JS.compile(source);
  } catch {
    return undefined;
  }
  const native = nativeEquivalent(source);
  return {
    matchesAll: (text) => (native !== undefined && isAscii(text) ? native.test(text) : re2.matches(text)),
    replaceAll: (text, substitution) => replaceEvery(re2, text, substitution),
  };
}

/** RE2's rewrite syntax: `\0` is the whole match, `\\` a backslash. After an empty match one character is copied, as GlobalReplace does. */
function replaceEvery(re2: RE2JS, text: string, substitution: string): string {
  const matcher = re2.matcher(text);
  let out = '';
  let copied = 0;
  let at = 0;
  let lastEnd = -1;
  while (at <= text.length && matcher.find(at)) {
    const start = matcher.start();
    const end = matcher.end();
    if (start === lastEnd && start === end) {
      // An empty match right behind the last one does not count.
      at = end + 1;
      continue;
    }
    out += text.slice(copied, start);
    out += substitution.replace(/\\(\d|\\)/g, (_, group: string) => (group === '\\' ? '\\' : (matcher.group(Number(group)) ?? '')));
    copied = end;
    lastEnd = end;
    at = end === start ? end + 1 : end;
  }
  return out + text.slice(copied);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/**
 * The same regex for JavaScript's engine, where both read it alike on ASCII text and it cannot backtrack badly: no nested repetition,
 * at most two unbounded ones. It saves a batch most of its time; RE2JS stays the judge of everything else.
 */
function nativeEquivalent(source: string): RegExp | undefined {
  if (
    !/^(?:[A-Za-z0-9_/:=,;@!%&~ "'<>#-]|\\[./?+*()[\]|^$-]|\.[*+]?|\(\?:|[()|^$?]|\[\^?[A-Za-z0-9_/.:=,;@ -]+\][*+?]?|\\d[*+?]?|[A-Za-z0-9][*+])*$/.test(source)
  )
    return undefined;
  if (/\)[*+]/.test(source) || /\(\?(?!:)/.test(source) || /[*+?]\?/.test(source)) return undefined;
  if ((source.match(/(?<!\\)[*+]/g) ?? []).length > 2) return undefined;
  try {
    return new RegExp(`^(?:${source.replace(/\\.|\[[^\]]*\]|\./g, (token) => (token === '.' ? '[^\\n]' : token))})$`);
  } catch {
    return undefined;
  }
}
