import { ignoresEverySegment, withoutPathParameters } from '../match/path-parameters.ts';
import type { RouteConfiguration, VirtualHost } from '../model/generated/envoy-api.ts';
import type { HttpRequest } from './http-request.ts';
import type { ProxyIndex } from './proxy-index.ts';

/** What the virtual host is looked up by: the host, or the header that the route config names in its place. */
export function routedAuthority(routeConfig: RouteConfiguration, request: HttpRequest): string | undefined {
  return routeConfig.vhost_header ? request.headers.first(routeConfig.vhost_header.toLowerCase()) : request.host;
}

/** Decided by x-forwarded-proto, not by the socket, and before any route is looked at. Source: config_impl.cc RouteMatcher::route. */
export function requiresTls(virtualHost: VirtualHost, request: HttpRequest): boolean {
  if (request.forwardedProto === 'https') return false;
  if (virtualHost.require_tls === 'ALL') return true;
  return virtualHost.require_tls === 'EXTERNAL_ONLY' && !request.isInternal;
}

/** Path parameters (`;v=1`) count for matching unless the route config ignores them. Source: config_impl.cc sanitizePathBeforePathMatching. */
export function asMatched(request: HttpRequest, routeConfig: RouteConfiguration, version: ProxyIndex['envoyVersion']): HttpRequest {
  if (routeConfig.ignore_path_parameters_in_path_matching !== true || !request.pathOnly.includes(';')) return request;
  return { ...request, pathOnly: withoutPathParameters(request.pathOnly, ignoresEverySegment(version)) };
}
