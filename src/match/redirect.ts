import type { RedirectAction, RouteMatch } from '../model/generated/envoy-api.ts';
import { rewritePath } from './rewrite.ts';

/** What a redirect is computed from. */
export interface RedirectedRequest {
  /** Host as the router sees it. */
  readonly host: string;
  /** With its query. */
  readonly path: string;
  /** The value of x-forwarded-proto. */
  readonly forwardedProto: string;
  /** `:scheme`: what an HTTP/2 client sent, else x-forwarded-proto. */
  readonly scheme: string;
}

const STATUS: Readonly<Record<string, number>> = { MOVED_PERMANENTLY: 301, FOUND: 302, SEE_OTHER: 303, TEMPORARY_REDIRECT: 307, PERMANENT_REDIRECT: 308 };

export function redirectStatus(redirect: RedirectAction): number {
  return STATUS[String(redirect.response_code ?? 'MOVED_PERMANENTLY')] ?? 301;
}

/**
 * The Location that the client gets. The scheme is the request's own (`:scheme`) unless replaced; the request's port goes when another is
 * given, or when the scheme changes and it was the old one's default. Undefined where the rewrite is one that pc does not model.
 * Source: config_impl.cc RouteEntryImplBase::newUri, processRequestHost.
 */
export function redirectLocation(redirect: RedirectAction, match: RouteMatch, request: RedirectedRequest): string | undefined {
  const scheme = redirect.scheme_redirect || (redirect.https_redirect === true ? 'https' : request.scheme);
  const port = redirect.port_redirect ? `:${redirect.port_redirect}` : '';
  const host = redirect.host_redirect || requestHost(request, scheme, port);
  const path = redirectPath(redirect, match, request.path);
  return path === undefined ? undefined : `${scheme}://${host}${port}${path}`;
}

/** `https://` and the request's own host and path. Source: source/common/http/utility.cc Utility::createSslRedirectPath. */
export function sslRedirectLocation(request: RedirectedRequest): string {
  return `https://${request.host}${request.path}`;
}

function requestHost(request: RedirectedRequest, scheme: string, newPort: string): string {
  const { host, forwardedProto } = request;
  const colon = host.startsWith('[') ? host.lastIndexOf(']:') + 1 || -1 : host.lastIndexOf(':');
  if (colon < 0) return host;
  const port = host.slice(colon);
  const isOldDefault = scheme !== forwardedProto && ((forwardedProto === 'https' && port === ':443') || (forwardedProto === 'http' && port === ':80'));
  return newPort !== '' || isOldDefault ? host.slice(0, colon) : host;
}

function redirectPath(redirect: RedirectAction, match: RouteMatch, path: string): string | undefined {
  const cut = path.indexOf('?');
  const query = cut < 0 ? '' : path.slice(cut);
  if (redirect.path_redirect) {
    // A query of its own takes the place of the request's, and strip_query leaves it.
    if (redirect.path_redirect.includes('?')) return redirect.path_redirect;
    return redirect.path_redirect + (redirect.strip_query === true ? '' : query);
  }
  const rewritten = rewritePath(redirect, match, path);
  if (rewritten === undefined || redirect.strip_query !== true) return rewritten;
  const end = rewritten.indexOf('?');
  return end < 0 ? rewritten : rewritten.slice(0, end);
}
