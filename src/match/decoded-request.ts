import type { HttpConnectionManager } from '../model/generated/envoy-api.ts';
import type { HeaderLine } from './connection-header.ts';
import { isInlineHeader } from './request-headers.ts';

/** A request as a codec hands it to the connection manager. */
export interface DecodedRequest {
  readonly kind: 'request';
  readonly method: string;
  /** Undefined for CONNECT, which has none. */
  readonly path: string | undefined;
  readonly authority: string | undefined;
  /** `:scheme`, where the request itself says one. */
  readonly scheme: string | undefined;
  /** Without Host. */
  readonly lines: readonly HeaderLine[];
}

/** The bytes are no request that the codec takes. */
export interface CodecError {
  readonly kind: 'error';
  /** What the client gets; null where its stream or connection is reset instead. */
  readonly status: number | null;
  readonly flags: string;
  readonly details: string;
}

export type Decoded = DecodedRequest | CodecError;

/** What a codec is set up with. */
export interface CodecSettings {
  readonly hcm: HttpConnectionManager;
  /** This Envoy's HTTP/1 parser knows QUERY. */
  readonly knowsQuery: boolean;
}

const DEFAULT_HEADERS_KB = 60;
const DEFAULT_HEADERS_COUNT = 100;

/** In bytes. */
export function maxHeadersSize({ hcm }: CodecSettings): number {
  return (hcm.max_request_headers_kb ?? DEFAULT_HEADERS_KB) * 1024;
}

export function maxHeadersCount({ hcm }: CodecSettings): number {
  return hcm.common_http_protocol_options?.max_headers_count ?? DEFAULT_HEADERS_COUNT;
}

/** Headers as the header map counts them: a repeated one of Envoy's own slots counts once. */
export function headerCount(lines: readonly HeaderLine[]): number {
  const inline = new Set<string>();
  let count = 0;
  for (const [name] of lines) {
    if (isInlineHeader(name)) inline.add(name);
    else count++;
  }
  return count + inline.size;
}

export function sizeInBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** `headers_with_underscores_action`: the lines that stay, or undefined where the request is refused. */
export function withUnderscoresAction(lines: readonly HeaderLine[], { hcm }: CodecSettings): readonly HeaderLine[] | undefined {
  const action = hcm.common_http_protocol_options?.headers_with_underscores_action ?? 'ALLOW';
  if (action === 'ALLOW' || !lines.some(([name]) => name.includes('_'))) return lines;
  return action === 'REJECT_REQUEST' ? undefined : lines.filter(([name]) => !name.includes('_'));
}

/** Source: source/common/http/header_utility.cc HeaderUtility::authorityIsValid. */
export function isAuthority(authority: string): boolean {
  return /^[A-Za-z0-9\-._~%!$&'()*+,;=:@[\]]*$/.test(authority);
}
