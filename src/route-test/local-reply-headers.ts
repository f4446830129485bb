import type { HeaderLine } from '../match/connection-header.ts';
import type { DirectResponseAction } from '../model/generated/envoy-api.ts';
import { decodeBase64 } from '../query/certificate.ts';
import type { ChangedHeaders } from './header-mutation.ts';

/**
 * The headers of a direct response before the route's own changes: a body has a length and is text/plain. A body in a file, or one that a
 * format makes, is not known. Source: source/common/http/utility.cc Utility::sendLocalReply.
 */
export function localReplyHeaders(response: DirectResponseAction | undefined, given: readonly HeaderLine[]): ChangedHeaders {
  const { body } = response ?? {};
  const bytes =
    body?.inline_string !== undefined
      ? new TextEncoder().encode(body.inline_string)
      : body?.inline_bytes !== undefined
        ? decodeBase64(body.inline_bytes)
        : undefined;
  const isElsewhere = bytes === undefined && body !== undefined && Object.keys(body).length > 0;
  if (isElsewhere || response?.body_format !== undefined) {
    const why = 'the body of the direct response is not in the configuration';
    return { lines: given, untold: new Map(['content-length', 'content-type'].map((name) => [name, why])) };
  }
  if (bytes === undefined || bytes.length === 0) return { lines: given, untold: new Map() };
  return { lines: [...given, ['content-length', String(bytes.length)], ['content-type', 'text/plain']], untold: new Map() };
}
