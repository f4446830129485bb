/**
 * The request's headers as Envoy's HeaderMap presents them to matchers: names in lower case, pseudo headers among them, repeated
 * lines in order.
 */
export interface RequestHeaders {
  /** All values of a header, in order; an empty list where it is absent. Names are lower case; pseudo headers are `:path` and so on. */
  all(name: string): readonly string[];
  /** The first value; undefined where the header is absent. */
  first(name: string): string | undefined;
  /** Names present, pseudo headers included. */
  names(): Iterable<string>;
  /** Headers that Envoy itself sets to a value which no dump shows: a generated request id, its own address. They are present. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * Headers that Envoy keeps in O(1) slots: a second line is joined to the first with a comma when it arrives, so that matchers see one
 * value. The core's own, and those that the extensions of a full build register (CORS, cache, gRPC, compressors, CSRF, OAuth2).
 * Source: INLINE_REQ_HEADERS in envoy/http/header_map.h; RegisterCustomInlineHeader; HeaderMapImpl::insertByKey. Recorded with Envoy 1.40.
 */
const INLINE: ReadonlySet<string> = new Set(
  [
    'connection content-length content-type expect grpc-timeout :authority keep-alive proxy-connection proxy-status te transfer-encoding upgrade user-agent via',
    'x-client-trace-id x-forwarded-client-cert x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-request-id',
    'x-envoy-attempt-count x-envoy-decorator-operation x-envoy-downstream-service-cluster x-envoy-downstream-service-node',
    'x-envoy-expected-rq-timeout-ms x-envoy-external-address x-envoy-force-trace x-envoy-hedge-on-per-try-timeout x-envoy-internal',
    'x-envoy-ip-tags x-envoy-is-timeout-retry x-envoy-max-retries x-envoy-original-host x-envoy-original-path x-envoy-original-url',
    'x-envoy-retriable-header-names x-envoy-retriable-status-codes x-envoy-retry-grpc-on x-envoy-retry-on',
    'x-envoy-upstream-alt-stat-name x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response',
    'x-envoy-upstream-rq-timeout-ms x-envoy-upstream-stream-duration-ms',
    'accept accept-encoding access-control-request-headers access-control-request-method access-control-request-private-network',
    'authorization cache-control content-encoding grpc-accept-encoding if-match if-modified-since if-none-match if-range',
    'if-unmodified-since origin pragma referer',
  ].flatMap((names) => names.split(' ')),
);

/** Whether repeated lines of a header are one value; `host` counts as `:authority`. */
export function isInlineHeader(name: string): boolean {
  return INLINE.has(name === 'host' ? ':authority' : name);
}

const NONE: ReadonlySet<string> = new Set();

/** Builds the headers from `[name, value]` lines in the order they were sent. Pseudo headers are set by the caller the same way. */
export function requestHeaders(lines: readonly (readonly [string, string])[], unknown: ReadonlySet<string> = NONE): RequestHeaders {
  const map = new Map<string, string[]>();
  for (const [rawName, value] of lines) {
    const name = rawName.toLowerCase();
    const values = map.get(name);
    if (values === undefined) map.set(name, [value]);
    else if (!INLINE.has(name)) values.push(value);
    else if (value !== '') values[0] = values[0] === '' ? value : `${values[0]},${value}`;
  }
  return {
    all: (name) => map.get(name) ?? [],
    first: (name) => map.get(name)?.[0],
    names: () => map.keys(),
    unknown,
  };
}

/** The headers without those of the given names, in any case. */
export function withoutHeaders(headers: RequestHeaders, names: readonly string[]): RequestHeaders {
  const gone = new Set(names.map((name) => name.toLowerCase()));
  return {
    all: (name) => (gone.has(name) ? [] : headers.all(name)),
    first: (name) => (gone.has(name) ? undefined : headers.first(name)),
    names: () => [...headers.names()].filter((name) => !gone.has(name)),
    unknown: headers.unknown,
  };
}
