import { isCredentialName } from '../dump/credentials.ts';
import { maskSecrets, REDACTED } from '../dump/mask-secrets.ts';
import type { TraceRequest } from '../match/request.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';

/** The request as it may be shown: without the credentials that a route's match asked for in its headers and its query. */
export function shownRequest(request: TraceRequest): TraceRequest {
  const { headers, path } = request;
  return maskSecrets({
    ...request,
    ...(headers === undefined ? {} : { headers: headers.map(([name, value]) => [name, isCredentialName(name) ? REDACTED : value] as const) }),
    ...(path === undefined ? {} : { path: shownPath(path) }),
  });
}

/** An answer as it may be shown: the upstream's path and a location may carry what the request carried. */
export function shownAnswer<T extends TraceAnswer>(answer: T): T {
  const outcomes = answer.outcomes.map((outcome) => ({
    ...outcome,
    location: outcome.location === null ? null : shownPath(outcome.location),
    upstream_request: outcome.upstream_request === null ? null : { ...outcome.upstream_request, path: shownPath(outcome.upstream_request.path) },
  }));
  return { ...answer, outcomes };
}

/** A path or URL without the credentials in its query. */
function shownPath(path: string): string {
  return path.replace(/([?&])([^=&#]+)=([^&#]*)/g, (whole, sign: string, name: string) => (isCredentialName(name) ? `${sign}${name}=${REDACTED}` : whole));
}
