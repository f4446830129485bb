import { type HeaderLine, isUpgrade, joinedValue, without, withoutH2c, withoutIgnoredUpgrades, withoutNominated } from './connection-header.ts';
import {
  type CodecError,
  type CodecSettings,
  type Decoded,
  headerCount,
  isAuthority,
  maxHeadersCount,
  maxHeadersSize,
  sizeInBytes,
  withUnderscoresAction,
} from './decoded-request.ts';
import type { TraceRequest } from './request.ts';
import { isHostAndPort, isHttp1Method, isTarget, isToken, parseAbsoluteUrl } from './request-target.ts';
import { compileString } from './string-matcher.ts';

/**
 * An HTTP/1 request as Envoy's codec reads it, or the reply with which it refuses the bytes; all of these carry DPE.
 * Source: source/common/http/http1/codec_impl.cc ConnectionImpl::onHeadersCompleteImpl, ServerConnectionImpl::onHeadersCompleteBase,
 * handlePath, checkProtocolVersion; balsa_parser.cc.
 */
export function decodeHttp1(question: TraceRequest, isHttp10: boolean, settings: CodecSettings): Decoded {
  const { method = 'GET', path: target = '/' } = question;
  const options = settings.hcm.http_protocol_options;
  const sent = sentLines(question);
  const wrong = refusedBytes(method, target, sent, settings);
  if (wrong !== undefined) return wrong;

  const allowed = withUnderscoresAction(sent, settings);
  // The codec looks at one header after the other: what comes first refuses.
  const before =
    allowed ??
    sent.slice(
      0,
      sent.findIndex(([name]) => name.includes('_')),
    );
  if (headerCount(before) > maxHeadersCount(settings)) return error(431, 'http1.too_many_headers');
  if (allowed === undefined) return error(400, 'http1.unexpected_underscore');

  const isConnect = method === 'CONNECT';
  const ignored = (options?.ignore_http_11_upgrade ?? []).map((matcher) => compileString(matcher));
  const upgradable = withoutIgnoredUpgrades(withoutH2c(allowed), (upgrade) => ignored.some((test) => test.matches(upgrade)));
  const framed = checkFraming(upgradable, isConnect, options?.allow_chunked_length === true);
  if ('kind' in framed) return framed;
  // An upgrade keeps its Connection header as it is.
  const lines = isConnect || isUpgrade(framed) ? framed : withoutNominated(framed);
  if (lines === undefined) return error(400, 'http1.connection_header_rejected');

  const aim = readTarget(target, method, options?.allow_absolute_url !== false);
  if ('kind' in aim) return aim;
  if (isHttp10 && options?.accept_http_10 !== true) return error(426, 'low_version');
  const defaultHost = isHttp10 ? options?.default_host_for_http_10 || undefined : undefined;
  const authority = aim.authority ?? joinedValue(lines, 'host') ?? defaultHost;
  if (authority !== undefined && !isAuthority(authority)) return error(400, 'http.invalid_authority');
  return { kind: 'request', method, path: aim.path, scheme: aim.scheme, authority, lines: without(lines, 'host') };
}

const error = (status: number, details: string): CodecError => ({ kind: 'error', status, flags: 'DPE', details });

const CODEC_ERROR = error(400, 'http1.codec_error');

/** The header lines of the question, Host among them; clients send a length with methods that have a body. */
function sentLines({ authority, headers = [], method = 'GET', body }: TraceRequest): readonly HeaderLine[] {
  const lines: HeaderLine[] = typeof authority === 'string' ? [['host', trimmed(authority)]] : [];
  for (const [sent, value] of headers) {
    const name = sent.toLowerCase();
    // A colon within the name ends it.
    const colon = name.indexOf(':');
    lines.push(colon < 0 ? [name, trimmed(value)] : [name.slice(0, colon), trimmed(`${sent.slice(colon + 1)}: ${value}`)]);
  }
  const saysLength = lines.some(([name]) => name === 'content-length' || name === 'transfer-encoding');
  if (!saysLength && (body || ['POST', 'PUT', 'PATCH'].includes(method))) lines.push(['content-length', String(sizeInBytes(body ?? ''))]);
  return lines;
}

const trimmed = (value: string): string => value.replace(/^[ \t]+|[ \t]+$/g, '');

/** What the parser itself refuses. */
function refusedBytes(method: string, target: string, lines: readonly HeaderLine[], settings: CodecSettings): CodecError | undefined {
  const custom = settings.hcm.http_protocol_options?.allow_custom_methods === true;
  const block = [`${method} ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  if (sizeInBytes(block) > maxHeadersSize(settings)) return error(431, 'http1.headers_too_large');
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(block)) return error(400, 'http1.invalid_characters');
  if (!isHttp1Method(method, { custom, query: settings.knowsQuery }) || /[ \t]/.test(target) || !isTarget(target, method === 'CONNECT')) return CODEC_ERROR;
  if (!lines.every(([name]) => isToken(name))) return CODEC_ERROR;
  const lengths = lines.filter(([name]) => name === 'content-length');
  return lengths.length > 1 || lengths.some(([, value]) => !/^\d+$/.test(value)) ? CODEC_ERROR : undefined;
}

/** Content-Length and Transfer-Encoding: the lines that stay, or why the request is refused. */
function checkFraming(lines: readonly HeaderLine[], isConnect: boolean, allowChunkedLength: boolean): readonly HeaderLine[] | CodecError {
  const encoding = joinedValue(lines, 'transfer-encoding');
  const length = joinedValue(lines, 'content-length');
  if (isConnect && length !== undefined && length !== '0') return error(400, 'http1.body_disallowed');
  if (encoding === undefined) return isConnect ? without(lines, 'content-length') : lines;
  const isChunked = encoding.toLowerCase() === 'chunked';
  if (length !== undefined && !(isChunked && allowChunkedLength)) return error(400, 'http1.content_length_and_chunked_not_allowed');
  return isChunked && !isConnect ? without(lines, 'content-length') : error(501, 'http1.invalid_transfer_encoding');
}

interface Aim {
  readonly path: string | undefined;
  readonly authority: string | undefined;
  readonly scheme: string | undefined;
}

/** The target's path; an absolute one, and that of CONNECT, also says the authority, and Host then does not count. */
function readTarget(target: string, method: string, allowsAbsolute: boolean): Aim | CodecError {
  if (method === 'CONNECT') return isHostAndPort(target, true) ? { path: undefined, authority: target, scheme: undefined } : error(400, 'http1.invalid_url');
  const asIs: Aim = { path: target, authority: undefined, scheme: undefined };
  if (target.startsWith('/') || (method === 'OPTIONS' && target.startsWith('*')) || !allowsAbsolute) return asIs;
  const url = parseAbsoluteUrl(target);
  if (url === undefined) return error(400, 'http1.invalid_url');
  const scheme = url.scheme.toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return error(400, 'http1.invalid_scheme');
  return { path: url.pathAndQuery || '/', authority: url.hostAndPort, scheme };
}
