import type { HeaderLine } from '../match/connection-header.ts';
import type { RequestHeaders } from '../match/request-headers.ts';
import type { RouteConfiguration } from '../model/generated/envoy-api.ts';
import type { HttpRequest } from '../trace/http-request.ts';
import type { RouterInput } from './route-test.ts';

/** router_check_tool's requests come from here. */
export const LOOPBACK = '127.0.0.1';

/** The headers of a test's request, as router_check_tool makes them. */
export function linesOf(input: RouterInput): HeaderLine[] {
  const scheme = input.ssl ? 'https' : 'http';
  return [
    [':authority', input.authority],
    [':path', input.path],
    [':method', input.method],
    ['x-forwarded-proto', scheme],
    [':scheme', scheme],
    ...(input.internal ? [['x-envoy-internal', 'true'] as const] : []),
    ...input.requestHeaders.map(([name, value]): HeaderLine => [name.toLowerCase(), value]),
  ];
}

/** The request as it stands before the route table: nothing of it is changed. In: the headers of {@link linesOf}. */
export function requestOf(input: RouterInput, headers: RequestHeaders, routeConfig: RouteConfiguration): HttpRequest {
  const cut = input.path.indexOf('?');
  const isTls = false;
  const forwardedProto = headers.first('x-forwarded-proto') ?? '';
  return {
    method: input.method,
    path: input.path,
    pathOnly: cut < 0 ? input.path : input.path.slice(0, cut),
    headers,
    host: input.authority,
    scheme: headers.first(':scheme') ?? '',
    forwardedProto,
    isInternal: headers.first('x-envoy-internal') === 'true',
    isTls,
    certificate: { presented: false, validated: false },
    metadata: input.metadata,
    runtime: runtimeOf(input, routeConfig),
    joinHeaderValues: false,
    trustedClient: LOOPBACK,
    body: '',
    protocol: 'http/1.1',
    facts: {
      isTls,
      sni: undefined,
      alpn: undefined,
      protocol: 'http/1.1',
      localAddress: LOOPBACK,
      localPort: undefined,
      remoteAddress: LOOPBACK,
      remotePort: undefined,
      directRemoteAddress: LOOPBACK,
      certificate: { presented: false, validated: false },
      destination: undefined,
    },
  };
}

/** Every runtime key but the one of the test is off; a fraction of 0 that the test turns on counts as 1. Source: router.cc runtimeMock, assignRuntimeFraction. */
function runtimeOf(input: RouterInput, routeConfig: RouteConfiguration): HttpRequest['runtime'] {
  const isZero = (routeConfig.virtual_hosts ?? []).some((host) =>
    (host.routes ?? []).some(
      ({ match }) => match?.runtime_fraction?.runtime_key === input.runtime && (match.runtime_fraction.default_value?.numerator ?? 0) === 0,
    ),
  );
  return (key) => (key !== input.runtime ? 0 : isZero ? 1 : undefined);
}
