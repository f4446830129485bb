import type { Route, RouteMatch } from '../model/generated/envoy-api.ts';
import { regexSourceOf } from './path-matcher.ts';

/**
 * Which entries of a long route list can match a path at all, by the literal text that each path specifier begins with. The first match
 * in order wins, as ever; this only leaves out entries whose path cannot match. A batch asks it; a single trace looks at every entry,
 * since it tells why each was not taken.
 */
export class RouteCandidates {
  /** Entries by the literal text that the path must begin with, grouped by its length. */
  private readonly prefixes = new Map<number, Map<string, number[]>>();
  private readonly exact = new Map<string, number[]>();
  /** Entries that any path may match. */
  private readonly open: number[] = [];

  constructor(routes: readonly Route[]) {
    routes.forEach((route, index) => {
      this.add(route.match ?? {}, index);
    });
  }

  /** Positions of the entries to test, in order. In: the path without its query. */
  positions(path: string): readonly number[] {
    const found = [...this.open, ...(this.exact.get(path) ?? [])];
    for (const [length, group] of this.prefixes) {
      if (length > path.length) continue;
      const entries = group.get(path.slice(0, length));
      if (entries !== undefined) found.push(...entries);
    }
    return found.length > 1 ? found.sort((a, b) => a - b) : found;
  }

  private add(match: RouteMatch, index: number): void {
    const isFolded = match.case_sensitive === false;
    if (match.path !== undefined && !isFolded) push(this.exact, match.path, index);
    else {
      const literal = isFolded ? '' : (match.prefix ?? match.path_separated_prefix ?? regexLiteral(regexSourceOf(match)));
      if (literal === '') this.open.push(index);
      else {
        const group = this.prefixes.get(literal.length) ?? new Map<string, number[]>();
        this.prefixes.set(literal.length, group);
        push(group, literal, index);
      }
    }
  }
}

function push(map: Map<string, number[]>, key: string, index: number): void {
  const entries = map.get(key);
  if (entries === undefined) map.set(key, [index]);
  else entries.push(index);
}

/** The literal text that every match of a regex begins with; '' where none is plain to see. */
export function regexLiteral(source: string | undefined): string {
  if (source === undefined || hasTopLevelAlternative(source)) return '';
  const literal = /^\^?((?:[A-Za-z0-9/_:=,;@!%&~-]|\\[./-])*)(.?)/s.exec(source);
  const text = literal?.[1] ?? '';
  // A quantifier behind the text belongs to its last character, which may then be absent.
  const counted = /[*+?{]/.test(literal?.[2] ?? '') ? text.replace(/\\?.$/s, '') : text;
  return counted.replace(/\\/g, '');
}

function hasTopLevelAlternative(source: string): boolean {
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const c = source[i];
    if (c === '\\') i++;
    else if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    else if (c === '|' && depth === 0) return true;
  }
  return false;
}
