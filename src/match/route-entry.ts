import type { Route, RouteMatch } from '../model/generated/envoy-api.ts';
import { compileCookie } from './cookies.ts';
import { compileHeader } from './header-matcher.ts';
import { compileMetadata } from './metadata-matcher.ts';
import { compilePath } from './path-matcher.ts';
import { compileQueryParameter, parseQuery, type QueryParameters } from './query-parameters.ts';
import type { RandomCut } from './random-space.ts';
import type { RequestHeaders } from './request-headers.ts';
import { type RuntimeLookup, runtimeFraction } from './runtime-fraction.ts';

/** What a route entry's match looks at. */
export interface RoutedRequest {
  readonly method: string;
  /** `:path` with its query, after normalisation. */
  readonly path: string;
  /** Without the query. */
  readonly pathOnly: string;
  readonly headers: RequestHeaders;
  readonly isTls: boolean;
  readonly certificate: { readonly presented: boolean; readonly validated: boolean };
  /** Dynamic metadata and filter state that the user stated; at the first routing Envoy itself has none. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly runtime: RuntimeLookup;
  /** `match_headers_individually: false`: the values of a repeated header are joined with commas. */
  readonly joinHeaderValues: boolean;
}

export type RouteTest =
  /** It matches, if `cut` holds for the request's random number. */
  | { readonly kind: 'matches'; readonly cut: RandomCut | undefined }
  | { readonly kind: 'fails'; readonly criterion: string }
  /** It depends on something pc does not model. */
  | { readonly kind: 'unknown'; readonly what: string };

/** A compiled route entry: its criteria in the order in which Envoy tests them. */
export interface CompiledRoute {
  readonly route: Route;
  readonly index: number;
  test(request: RoutedRequest): RouteTest;
  /** `prefix /api`, and the rest of the criteria, for people. */
  readonly describe: string;
}

interface Criterion {
  readonly describe: string;
  readonly holds: (request: RoutedRequest, query: () => QueryParameters) => boolean;
  readonly unsupported?: string | undefined;
  /** What of the request no dump shows, where the criterion asks for it. */
  readonly unknownIn?: ((request: RoutedRequest) => string | undefined) | undefined;
}

/** Compiles a route entry once; testing it is then cheap. Source of the rules: config_impl.cc RouteEntryImplBase::matchRoute. */
export function compileRoute(route: Route, index: number): CompiledRoute {
  const match = route.match ?? {};
  const criteria = criteriaOf(match);
  const isConnect = match.connect_matcher !== undefined;
  const path = compilePath(match);
  const fraction = match.runtime_fraction;
  return {
    route,
    index,
    describe: [`${path.kind} ${path.value}`, ...criteria.map((c) => c.describe)].join(', '),
    test(request) {
      // A CONNECT request has no path: only connect_matcher takes it, and takes nothing else.
      if ((request.method === 'CONNECT') !== isConnect) {
        return { kind: 'fails', criterion: isConnect ? 'only CONNECT requests match' : 'path: a CONNECT request matches connect_matcher only' };
      }
      if (!isConnect) {
        if (path.unsupported !== undefined) return { kind: 'unknown', what: path.unsupported };
        // Templates see the path as it is, whatever of it the others ignore.
        const seen = path.kind === 'path_match_policy' ? request.path.replace(/\?.*$/s, '') : request.pathOnly;
        if (!path.matches(seen)) return { kind: 'fails', criterion: `${path.kind} ${path.value}` };
      }
      let query: QueryParameters | undefined;
      const parameters = (): QueryParameters => {
        query ??= parseQuery(request.path);
        return query;
      };
      for (const criterion of criteria) {
        if (criterion.unsupported !== undefined) return { kind: 'unknown', what: criterion.unsupported };
        const unknown = criterion.unknownIn?.(request);
        if (unknown !== undefined) return { kind: 'unknown', what: unknown };
        if (!criterion.holds(request, parameters)) return { kind: 'fails', criterion: criterion.describe };
      }
      if (fraction === undefined) return { kind: 'matches', cut: undefined };
      const { numerator, denominator } = runtimeFraction(fraction, request.runtime);
      if (numerator >= denominator) return { kind: 'matches', cut: undefined };
      if (numerator === 0) return { kind: 'fails', criterion: 'runtime_fraction 0' };
      return { kind: 'matches', cut: { modulus: denominator, from: 0, to: numerator, inside: true } };
    },
  };
}

function criteriaOf(match: RouteMatch): readonly Criterion[] {
  const criteria: Criterion[] = [];
  if (match.grpc !== undefined) criteria.push({ describe: 'gRPC request', holds: ({ headers }) => isGrpcRequest(headers) });
  for (const header of match.headers ?? []) {
    const one = compileHeader(header);
    const joined = compileHeader(header, true);
    criteria.push({
      describe: one.describe,
      unsupported: one.unsupported,
      unknownIn: ({ headers }) => {
        const name = one.unknownIn(headers);
        return name === undefined ? undefined : `the value that Envoy gives ${name}`;
      },
      holds: (r) => (r.joinHeaderValues ? joined : one).matches(r.headers),
    });
  }
  for (const parameter of match.query_parameters ?? []) {
    const { matches, describe, unsupported } = compileQueryParameter(parameter);
    criteria.push({ describe, unsupported, holds: (_, query) => matches(query()) });
  }
  for (const cookie of match.cookies ?? []) {
    const { matches, describe, unsupported } = compileCookie(cookie);
    criteria.push({ describe, unsupported, holds: (r) => matches(r.headers) });
  }
  const { tls_context: tls } = match;
  if (tls?.presented !== undefined)
    criteria.push({ describe: `client certificate presented: ${tls.presented}`, holds: (r) => (r.isTls && r.certificate.presented) === tls.presented });
  if (tls?.validated !== undefined)
    criteria.push({ describe: `client certificate validated: ${tls.validated}`, holds: (r) => (r.isTls && r.certificate.validated) === tls.validated });
  for (const metadata of match.dynamic_metadata ?? []) {
    const { matches, describe, unsupported } = compileMetadata(metadata);
    criteria.push({ describe, unsupported, holds: (r) => matches(r.metadata) });
  }
  for (const state of match.filter_state ?? []) {
    const { matches, describe, unsupported } = compileMetadata({
      filter: 'filter_state',
      path: [{ key: state.key ?? '' }],
      ...(state.string_match ? { value: { string_match: state.string_match } } : {}),
    });
    const what = state.address_match === undefined ? unsupported : 'FilterStateMatcher.address_match';
    criteria.push({ describe, unsupported: what, holds: (r) => matches(r.metadata) });
  }
  return criteria;
}

/** content-type is application/grpc, or application/grpc+ and more. Source: source/common/grpc/common.cc Common::hasGrpcContentType. */
export function isGrpcRequest(headers: RequestHeaders): boolean {
  const type = headers.first('content-type');
  return type === 'application/grpc' || type?.startsWith('application/grpc+') === true;
}
