/**
 * The first line of an HTTP/1 request: which methods the parser knows, and which forms the target may have.
 * Source: source/common/http/http1/balsa_parser.cc isMethodValid, isUrlValid; source/common/http/utility.cc Utility::Url::initialize.
 */

const METHODS: ReadonlySet<string> = new Set(
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE MSEARCH NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'.split(
    ' ',
  ),
);

/** The characters of a token (RFC 9110): methods and header names are made of them. */
const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`a-z|~]+$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether HTTP/1 takes a method. `allow_custom_methods` takes any token; QUERY is known since Envoy 1.40. */
export function isHttp1Method(method: string, options: { readonly custom: boolean; readonly query: boolean }): boolean {
  return options.custom ? isToken(method) : METHODS.has(method) || (options.query && method === 'QUERY');
}

/** Whether the parser takes a target at all: a path, `*`, an absolute URL, or for CONNECT a host. */
export function isTarget(target: string, isConnect: boolean): boolean {
  if (target === '' || /[^\t\f!-~]/.test(target)) return false;
  if (target.startsWith('/') || target.startsWith('*')) return true;
  const rest = isConnect ? target : /^[A-Za-z][A-Za-z0-9+\-.]*:\/\/(.*)$/s.exec(target)?.[1];
  if (rest === undefined) return false;
  const host = rest.split(/[/?]/, 1)[0] ?? '';
  return /^[A-Za-z0-9!$%&'()*+,\-.:;=@[\]_~]*$/.test(host) && !host.includes('@@');
}

/** An absolute URL in its parts. */
export interface AbsoluteUrl {
  readonly scheme: string;
  /** Without user information. */
  readonly hostAndPort: string;
  /** '' where the URL ends behind its host. */
  readonly pathAndQuery: string;
  readonly hasUserInfo: boolean;
}

/** Reads an absolute URL; undefined where Envoy calls it invalid: no host, a host of other characters, a port above 65535. */
export function parseAbsoluteUrl(text: string): AbsoluteUrl | undefined {
  const parts = /^([A-Za-z][A-Za-z0-9+\-.]*):\/\/([^/?#]*)(.*)$/s.exec(text);
  const [, scheme = '', authority = '', pathAndQuery = ''] = parts ?? [];
  if (parts === null) return undefined;
  const at = authority.lastIndexOf('@');
  const hostAndPort = authority.slice(at + 1);
  return isHostAndPort(hostAndPort, false) ? { scheme, hostAndPort, pathAndQuery, hasUserInfo: at >= 0 } : undefined;
}

/** Whether a text is a host with an optional, or for CONNECT a required, port. */
export function isHostAndPort(text: string, needsPort: boolean): boolean {
  const parts = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(\d+))?$/.exec(text);
  if (parts === null) return false;
  return parts[1] === undefined ? !needsPort : Number(parts[1]) <= 65_535;
}

/**
 * A Referer that is no URL reference, or carries a fragment or user information, is dropped before routing.
 * Source: source/common/http/utility.cc Utility::isValidRefererValue.
 */
export function isReferer(value: string): boolean {
  const url = parseAbsoluteUrl(value);
  if (url !== undefined) return !url.hasUserInfo && !value.includes('#');
  if (!/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%)*$/.test(value)) return false;
  const colon = value.indexOf(':');
  const slash = value.indexOf('/');
  return colon < 0 || (slash >= 0 && slash < colon);
}
