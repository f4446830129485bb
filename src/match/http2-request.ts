import type { HeaderLine } from './connection-header.ts';
import {
  type CodecError,
  type CodecSettings,
  type Decoded,
  headerCount,
  isAuthority,
  maxHeadersCount,
  maxHeadersSize,
  withUnderscoresAction,
} from './decoded-request.ts';
import type { TraceRequest } from './request.ts';
import { isToken } from './request-target.ts';

/**
 * An HTTP/2 request as Envoy's codec reads it. What it refuses, the client sees as a reset stream or connection: there is no response.
 * An extended CONNECT becomes the upgrade that HTTP/1 would send; cookies are joined. Blanks around a value stay, where HTTP/1 drops them: matchers see them,
 * and they are sent on.
 * Source: source/common/http/http2/codec_impl.cc ConnectionImpl::onHeader, saveHeader, ServerStreamImpl, and Http2Options::Http2Options, which turns
 * off what nghttp2 says of blanks; quiche http2/adapter/header_validator.cc; http/utility.cc transformUpgradeRequestFromH2toH1.
 */
export function decodeHttp2(question: TraceRequest, isTls: boolean, settings: CodecSettings): Decoded {
  const isExtended = question.method === 'CONNECT' && question.connect_protocol !== undefined;
  const isConnect = question.method === 'CONNECT' && !isExtended;
  if (isExtended && settings.hcm.http2_protocol_options?.allow_connect !== true) return reset('DPE', 'http2.invalid.header.field');
  const { method: sentMethod = 'GET', path: target = '/' } = question;
  const path = isConnect ? undefined : target;
  const sent = (question.headers ?? []).map(([name, value]): HeaderLine => [name.toLowerCase(), value]);
  const authority = question.authority ?? sent.find(([name]) => name === 'host')?.[1];
  if (authority !== undefined && !isAuthorityWithoutUser(authority)) return reset('DPE', 'http2.invalid.header.field');
  if (path !== undefined && (path === '' || /[\0-\x20\x7f]/.test(path))) return reset('DPE', 'http2.invalid.header.field');
  if (path !== undefined && !path.startsWith('/') && !(sentMethod === 'OPTIONS' && path === '*')) return reset('DPE', 'http2.violation.of.messaging.rule');

  if (!sent.every(isField)) return reset('DPE', 'http2.invalid.header.field');

  const lines = joinCookies(sent.filter(([name]) => name !== 'host'));
  const allowed = withUnderscoresAction(lines, settings);
  if (allowed === undefined) return reset('DR', 'http2.unexpected_underscore');
  const pseudo = [sentMethod, target, isTls ? 'https' : 'http', authority].filter((value) => value !== undefined);
  if (headerCount(lines) + pseudo.length > maxHeadersCount(settings)) return reset('DR', 'http2.too_many_headers');
  const size = [...pseudo.map((value) => value.length + 8), ...lines.map(([name, value]) => name.length + value.length)].reduce((sum, n) => sum + n, 0);
  if (size > maxHeadersSize(settings)) return reset('DR', 'http2.header_list_size_too_large');

  const upgrade: readonly HeaderLine[] = isExtended
    ? [
        ['connection', 'upgrade'],
        ['upgrade', question.connect_protocol ?? ''],
      ]
    : [];
  const scheme = isConnect ? undefined : (question.scheme_h2 ?? (isTls ? 'https' : 'http'));
  return { kind: 'request', method: isExtended ? 'GET' : sentMethod, path, authority, scheme, lines: [...allowed, ...upgrade] };
}

const reset = (flags: string, details: string): CodecError => ({ kind: 'error', status: null, flags, details });

/** Whether the codec takes a header line at all: a token as its name, and no control character in its value but a tab. */
function isField([name, value]: HeaderLine): boolean {
  if (!isToken(name) || /[\0-\x08\n-\x1f\x7f]/.test(value)) return false;
  if (name === 'host') return value !== '' && isAuthorityWithoutUser(value);
  if (name === 'te') return value.toLowerCase() === 'trailers';
  return name !== 'content-length' || /^\d+$/.test(value);
}

function isAuthorityWithoutUser(authority: string): boolean {
  return isAuthority(authority) && !authority.includes('@');
}

function joinCookies(lines: readonly HeaderLine[]): readonly HeaderLine[] {
  const isCookie = ([name]: HeaderLine): boolean => name === 'cookie';
  const cookies = lines.filter(isCookie).map(([, value]) => value);
  return cookies.length < 2 ? lines : [...lines.filter((line) => !isCookie(line)), ['cookie', cookies.join('; ')]];
}
