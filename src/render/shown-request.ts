import { isCredentialName } from '../dump/credentials.ts';
import { maskSecrets, REDACTED } from '../dump/mask-secrets.ts';
import type { TraceRequest } from '../match/request.ts';

/** The request as it may be shown: without the credentials that a route's match asked for in its headers and its query. */
export function shownRequest(request: TraceRequest): TraceRequest {
  const { headers, path } = request;
  return maskSecrets({
    ...request,
    ...(headers === undefined ? {} : { headers: headers.map(([name, value]) => [name, isCredentialName(name) ? REDACTED : value] as const) }),
    ...(path === undefined
      ? {}
      : { path: path.replace(/([?&])([^=&]+)=([^&]*)/g, (whole, sign, name) => (isCredentialName(name) ? `${sign}${name}=${REDACTED}` : whole)) }),
  });
}
