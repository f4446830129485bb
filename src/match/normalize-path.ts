import type { HttpConnectionManager } from '../model/generated/envoy-api.ts';

export type NormalizedPath =
  | { readonly kind: 'path'; readonly path: string }
  /** UNESCAPE_AND_REDIRECT found an escaped slash: 307 to this path. */
  | { readonly kind: 'redirect'; readonly location: string }
  /** 400 path_normalization_failed; the log names the route of the path as far as it was changed by then. */
  | { readonly kind: 'rejected'; readonly path: string };

/**
 * The path after the connection manager's rules, in their order: escaped slashes are undone (or refused), dots and backslashes
 * resolved, slashes merged. The query is never touched. In: the path with its query. Defaults of these options change nothing.
 * Source: source/common/http/conn_manager_utility.cc maybeNormalizePath; path_utility.cc PathUtil.
 */
export function normalizePath(path: string, hcm: HttpConnectionManager): NormalizedPath {
  const cut = path.indexOf('?');
  let pure = cut < 0 ? path : path.slice(0, cut);
  const query = cut < 0 ? '' : path.slice(cut);
  let redirect = false;
  const slashes = hcm.path_with_escaped_slashes_action;
  if (/%2f|%5c/i.test(pure)) {
    if (slashes === 'REJECT_REQUEST' || slashes === 'UNESCAPE_AND_REDIRECT' || slashes === 'UNESCAPE_AND_FORWARD') {
      pure = pure.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
      if (slashes === 'REJECT_REQUEST') return { kind: 'rejected', path: pure + query };
      redirect = slashes === 'UNESCAPE_AND_REDIRECT';
    }
  }
  if (hcm.normalize_path === true) {
    const canonical = canonicalPath(pure);
    if (canonical === undefined) return { kind: 'rejected', path: pure + query };
    pure = canonical;
  }
  if (hcm.merge_slashes === true) pure = mergeSlashes(pure);
  return redirect ? { kind: 'redirect', location: pure + query } : { kind: 'path', path: pure + query };
}

/**
 * The canonical form of Chromium's URL library, as Envoy calls it: `\` is `/`, unreserved characters are decoded, other escapes stay
 * as they are, dot segments are resolved. Undefined for a path that it refuses (`%00`).
 * Source: source/common/http/path_utility.cc canonicalizePath; url::CanonicalizePath.
 */
export function canonicalPath(path: string): string | undefined {
  if (/%00|\0/.test(path)) return undefined;
  const decoded = path.replace(/\\/g, '/').replace(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : whole;
  });
  const escaped = decoded.replace(/[\x01-\x20"<>^`{|}\x7f-\u{10ffff}]/gu, (character) =>
    [...new TextEncoder().encode(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
  return removeDotSegments(escaped);
}

/** RFC 3986 5.2.4, but empty segments are kept: `/a//../b` is `/a/b`. */
function removeDotSegments(path: string): string {
  const out: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, i) => {
    const isLast = i === segments.length - 1;
    if (segment === '.') {
      if (isLast) out.push('');
    } else if (segment === '..') {
      out.pop();
      if (isLast) out.push('');
    } else out.push(segment);
  });
  return `/${out.join('/')}`;
}

/**
 * Runs of slashes become one; of a path of slashes alone two stay.
 * Source: source/common/http/path_utility.cc PathUtil::mergeSlashes.
 */
export function mergeSlashes(path: string): string {
  return /^\/{2,}$/.test(path) ? '//' : path.replace(/\/{2,}/g, '/');
}
