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
}

/**
 * Headers that Envoy keeps in O(1) slots: a second line is joined to the first with a comma when it arrives, so that matchers see one
 * value. Source: INLINE_REQ_HEADERS in envoy/http/header_map.h, HeaderMapImpl::insertByKey.
 */
const INLINE: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'client-trace-id',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'envoy-attempt-count',
  'expect',
  'forwarded',
  'grpc-accept-encoding',
  'grpc-timeout',
  'host',
  'keep-alive',
  'method',
  'origin',
  'path',
  'proxy-connection',
  'proxy-status',
  'referer',
  'scheme',
  'te',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'via',
  'x-client-trace-id',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-external-address',
  'x-envoy-internal',
  'x-envoy-original-path',
  'x-envoy-original-url',
  'x-forwarded-client-cert',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-request-id',
]);

/** Builds the headers from `[name, value]` lines in the order they were sent. Pseudo headers are set by the caller the same way. */
export function requestHeaders(lines: readonly (readonly [string, string])[]): RequestHeaders {
  const map = new Map<string, string[]>();
  for (const [rawName, value] of lines) {
    const name = rawName.toLowerCase();
    const values = map.get(name);
    if (values === undefined) map.set(name, [value]);
    else if (INLINE.has(name)) values[0] = values[0] === '' ? value : `${values[0]},${value}`;
    else values.push(value);
  }
  return {
    all: (name) => map.get(name) ?? [],
    first: (name) => map.get(name)?.[0],
    names: () => map.keys(),
  };
}
