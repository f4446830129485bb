import { answered, CONTINUES, type FilterEffect, type FilterQuestion, replies } from './filter.ts';

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const HOST = `(?:\\[[0-9A-Fa-f:.]+\\](?::\\d+)?|${TOKEN}(?::\\d+)?)`;
const PARAMETER = `[ \\t]*;[ \\t]*${TOKEN}[ \\t]*=[ \\t]*(?:${TOKEN}|"(?:[^"\\\\]|\\\\.)*")`;
const ENTRY = new RegExp(`^[ \\t]*(${HOST})(?:${PARAMETER})*[ \\t]*$`);

/**
 * CDN-Loop (RFC 8586): a request that passed this CDN more often than allowed is refused, as is one whose header cannot be read.
 * Source: source/extensions/filters/http/cdn_loop/filter.cc CdnLoopFilter::decodeHeaders.
 */
export function cdnLoop({ request, config }: FilterQuestion): FilterEffect {
  const { cdn_id: own = '', max_allowed_occurrences: allowed = 0 } = config as { readonly cdn_id?: string; readonly max_allowed_occurrences?: number };
  const header = request.headers.all('cdn-loop').join(',');
  if (header.trim() === '') return CONTINUES;
  const names = splitList(header).map((entry) => ENTRY.exec(entry)?.[1]);
  if (names.includes(undefined)) return replies(answered(400, 'invalid_cdn_loop_header'), 'cdn_loop: the CDN-Loop header cannot be read');
  const count = names.filter((name) => name === own).length;
  return count <= allowed ? CONTINUES : replies(answered(502, 'cdn_loop_detected'), `cdn_loop: the request came by "${own}" ${count} times`);
}

/** Elements between commas that stand outside quoted strings; empty ones do not count. */
function splitList(header: string): readonly string[] {
  const elements = header.match(/(?:"(?:[^"\\]|\\.)*"|[^,])+/g) ?? [];
  return elements.filter((element) => element.trim() !== '');
}
