import type { JsonObject } from '../../dump/json-value.ts';
import { list, quoted } from '../words.ts';
import { broken, type Judgement, mended, unknown } from './judgement.ts';
import { type KubeObject, objectName, objectOf, objectsOf, textOf } from './kube-object.ts';

/** One match of a VirtualService or HTTPRoute, as far as path and method go. */
interface PathMatch {
  /** `http[2]`, `rules[0]`. */
  readonly place: string;
  readonly kind: 'exact' | 'prefix' | 'regex' | 'any';
  readonly value: string;
  readonly method: string;
  /** What else it asks for: headers, query parameters. */
  readonly more: readonly string[];
}

/** Whether an object has a match for a method and path; what it has in place of one. */
export function judgePath(object: KubeObject, method: string, path: string): Judgement {
  const name = objectName(object);
  const matches = matchesOf(object);
  const bare = path.split('?')[0] ?? path;
  const fits = matches.filter((match) => takesPath(match, bare) && (match.method === '' || match.method === method));
  const [sure] = fits.filter((match) => match.more.length === 0);
  if (sure !== undefined) return mended(name, `${name} has a match for it: ${text(sure)} (${sure.place})`);
  if (fits.length > 0)
    return unknown(name, ...fits.map((match) => `${name} has a match for it, ${text(match)} (${match.place}), which also asks for ${list(match.more)}`));
  const has = matches.slice(0, 6).map(text);
  return broken(
    name,
    `${name} has no match for ${method} ${quoted(bare)}; it has ${list(has) || 'none'}${matches.length > 6 ? ` and ${matches.length - 6} more` : ''}`,
  );
}

function matchesOf(object: KubeObject): readonly PathMatch[] {
  if (object.kind === 'VirtualService')
    return objectsOf(object.spec['http']).flatMap((http, i) => eachOf(http['match']).map((match) => ofVirtualService(match, `http[${i}]`)));
  return objectsOf(object.spec['rules']).flatMap((rule, i) => eachOf(rule['matches']).map((match) => ofRoute(match, `rules[${i}]`)));
}

/** The matches of an entry; one without conditions where it has none. */
function eachOf(value: Parameters<typeof objectsOf>[0]): readonly JsonObject[] {
  const matches = objectsOf(value);
  return matches.length === 0 ? [{}] : matches;
}

function ofVirtualService(match: JsonObject, place: string): PathMatch {
  const uri = objectOf(match['uri']);
  const kind = (['exact', 'prefix', 'regex'] as const).find((one) => typeof uri[one] === 'string') ?? 'any';
  const more = [...named('header', match['headers']), ...named('header', match['withoutHeaders'], 'no '), ...named('query parameter', match['queryParams'])];
  return { place, kind, value: kind === 'any' ? '' : textOf(uri[kind]), method: textOf(objectOf(match['method'])['exact']), more };
}

const KINDS: Readonly<Record<string, PathMatch['kind']>> = { Exact: 'exact', PathPrefix: 'prefix', RegularExpression: 'regex' };

function ofRoute(match: JsonObject, place: string): PathMatch {
  const path = objectOf(match['path']);
  const kind = Object.keys(path).length === 0 ? 'any' : (KINDS[textOf(path['type']) || 'PathPrefix'] ?? 'any');
  const names = (value: Parameters<typeof objectsOf>[0], what: string): string[] => objectsOf(value).map((own) => `${what} ${textOf(own['name'])}`);
  return {
    place,
    kind,
    value: textOf(path['value']),
    method: textOf(match['method']),
    more: [...names(match['headers'], 'header'), ...names(match['queryParams'], 'query parameter')],
  };
}

function named(what: string, value: Parameters<typeof objectOf>[0], before = ''): readonly string[] {
  return Object.keys(objectOf(value)).map((name) => `${before}${what} ${name}`);
}

function takesPath({ kind, value }: PathMatch, path: string): boolean {
  if (kind === 'any') return true;
  if (kind === 'exact') return path === value;
  if (kind === 'prefix') return path.startsWith(value);
  try {
    return new RegExp(`^(?:${value})$`).test(path);
  } catch {
    return false;
  }
}

function text({ kind, value, method }: PathMatch): string {
  return `${method === '' ? '' : `${method} `}${kind === 'any' ? 'any path' : `${kind} ${quoted(value)}`}`;
}
