import { Failure } from '../../dump/failure.ts';

/** What a request was when it failed. */
export interface Attempt {
  /** What the user calls the proxy. */
  readonly label: string;
  /** `GET /config_dump?mask=…`. */
  readonly request: string;
  /** Bytes of the body that came before. */
  readonly received: number;
  /** The head of the answer came. */
  readonly answered: boolean;
  /** The time limit that ran, in milliseconds, where it was that. */
  readonly limitMs?: number | undefined;
}

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT', 'TimeoutError']);
const CERTIFICATES = /^(?:CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/** The Failure for an admin request that did not end well. A Failure from below (the port-forward) stays as it is, with the bytes that came. */
export function adminFailure(error: unknown, attempt: Attempt): Failure {
  const { label, request, received, answered } = attempt;
  if (error instanceof Failure) {
    return answered ? cut(attempt, error.message, error) : error;
  }
  const code = codeOf(error);
  if (attempt.limitMs !== undefined) {
    const what = `${label}: ${request} took longer than the time limit of ${attempt.limitMs / 1000} s (${bytesText(received)} came)`;
    return new Failure({ id: 'PC1116', what, place: label, next: 'give it more time with --timeout', cause: error });
  }
  if (TIMEOUTS.has(code)) return silent(attempt, code, error);
  if (answered) return cut(attempt, code || messageOf(error), error);
  if (code === 'ECONNREFUSED') {
    const what = `${label}: the connection is refused: nothing listens there`;
    return new Failure({
      id: 'PC1112',
      what,
      place: label,
      next: 'check the port: Envoy prints its admin address at its start; Istio uses 15000',
      cause: error,
    });
  }
  if (code.startsWith('HPE_')) {
    return new Failure({
      id: 'PC1114',
      what: `${label} does not speak HTTP`,
      place: label,
      next: 'check that the port is the admin port, not a listener',
      cause: error,
    });
  }
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') return cut(attempt, 'the connection was closed', error);
  const next = CERTIFICATES.test(code) || code === 'EPROTO' ? "Envoy's admin port speaks plain HTTP: http://HOST:PORT" : 'check the address';
  return new Failure({ id: 'PC1117', what: `${label} cannot be reached: ${reachText(code, error)}`, place: label, next, cause: error });
}

function silent(attempt: Attempt, code: string, cause: unknown): Failure {
  const { label, request, received } = attempt;
  const isConnect = code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT';
  const what = isConnect
    ? `${label} does not accept a connection in time`
    : `${label}: nothing came for too long in answer to ${request} (${bytesText(received)} before)`;
  return new Failure({
    id: 'PC1116',
    what,
    place: label,
    next: 'see whether the proxy is overloaded or a firewall drops packets; --timeout gives more time',
    cause,
  });
}

function cut({ label, request, received, answered }: Attempt, why: string, cause: unknown): Failure {
  const came = answered || received > 0 ? `after ${bytesText(received)}` : 'before an answer came';
  return new Failure({
    id: 'PC1115',
    what: `${label}: the answer to ${request} was cut ${came}: ${why}`,
    place: label,
    next: 'try again; nothing of it was used',
    cause,
  });
}

function reachText(code: string, error: unknown): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known';
  if (code === 'ENOENT') return 'there is no such socket';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be opened';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'there is no way to its network';
  return messageOf(error);
}

/** The system's or undici's code of an error, or of the first that it is made of. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' ? code : name === 'TimeoutError' ? name : '';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Paths with long masks are cut: what was asked for matters less than what went wrong. */
const SHOWN = 90;

/** `GET /config_dump?mask=…`, as messages say it. */
export function requestText(method: string, path: string): string {
  return `${method} ${path.length > SHOWN ? `${path.slice(0, SHOWN)}…` : path}`;
}

/** `1.5 MB (1500000 bytes)`, `12 bytes`. */
export function bytesText(count: number): string {
  if (count < 10_000) return `${count} bytes`;
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} kB (${count} bytes)` : `${(count / 1e6).toFixed(1)} MB (${count} bytes)`;
}
