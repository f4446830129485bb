import type {
  ExtAuthz,
  GrpcService,
  HTTPFault,
  HttpLocalRatelimit_LocalRateLimit,
  HttpRatelimit_RateLimit,
  HttpRbac_RBAC,
  JwtAuthentication,
  RBACPerRoute,
} from '../model/generated/envoy-api.ts';
import { type Any, configType } from '../model/message.ts';
import type { AppliedPolicy } from './description.ts';
import { rbacPolicies } from './rbac-policies.ts';

export type PlacelessPolicy = Omit<AppliedPolicy, 'places'>;

/** Filters that every proxy of a mesh has, or that decide nothing by themselves. */
const ORDINARY =
  /(?:\.Router|\.HttpConnectionManager|\.TcpProxy|\.FilterConfig|\.GrpcStats|\.Cors|\.CorsPolicy|MetadataExchange|\.PeerMetadata\.?\w*|\.AlpnFilter|\.SetFilterState\w*|\.GrpcWeb|\.ConnectAuthority|\.SniCluster|stats\.PluginConfig|\.UpstreamCodec|io\.istio\.http\.peer_metadata\.Config|istio_authn|\.HealthCheck)$/;

/** What a filter's configuration decides; none for a filter that is no policy, or whose kind is unknown. In: a configuration with its type, of a filter or of a route. */
export function filterPolicies(config: Any | undefined): readonly PlacelessPolicy[] {
  const type = configType(config);
  const short = type.slice(type.lastIndexOf('.') + 1);
  if (short === 'RBAC') return rbacPolicies(config as HttpRbac_RBAC);
  if (short === 'RBACPerRoute') return rbacPolicies((config as RBACPerRoute).rbac ?? {});
  if (short === 'JwtAuthentication') return jwtPolicies(config as JwtAuthentication);
  if (short === 'ExtAuthz') return [authorizationOf(config as ExtAuthz)];
  if (short === 'LocalRateLimit') return localLimit(config as HttpLocalRatelimit_LocalRateLimit);
  if (short === 'RateLimit' && /ratelimit/.test(type)) return [limitService(config as HttpRatelimit_RateLimit)];
  if (short === 'HTTPFault') return faults(config as HTTPFault);
  return [];
}

/** Whether a filter is one to name: neither ordinary, nor one whose policies are told. In: its type and its name. */
export function isNoteworthy(type: string, name: string): boolean {
  if (/(?:\.RBAC|\.JwtAuthentication|\.ExtAuthz|\.LocalRateLimit|ratelimit\.v\d\w*\.RateLimit|\.HTTPFault)$/.test(type)) return false;
  return (
    !ORDINARY.test(type) &&
    !/^(?:istio[._]|envoy\.filters\.http\.(?:router|grpc_stats|cors|fault)$|mixer$|envoy\.(?:router|cors|fault|tcp_proxy|http_connection_manager)$)/.test(name)
  );
}

function jwtPolicies({ providers }: JwtAuthentication): readonly PlacelessPolicy[] {
  return Object.entries(providers ?? {}).map(([name, { issuer, remote_jwks, local_jwks }]) => {
    const keys =
      remote_jwks?.http_uri?.uri !== undefined ? `keys from ${remote_jwks.http_uri.uri}` : local_jwks !== undefined ? 'keys in the configuration' : '';
    return {
      kind: 'jwt',
      name,
      action: null,
      detail: [issuer === undefined ? 'any issuer' : `issuer ${issuer}`, keys].filter((text) => text !== '').join(', '),
    };
  });
}

function authorizationOf({ grpc_service, http_service, failure_mode_allow }: ExtAuthz): PlacelessPolicy {
  const asked = serviceOf(grpc_service) ?? http_service?.server_uri?.cluster ?? http_service?.server_uri?.uri;
  return { kind: 'external authorization', name: asked ?? null, action: null, detail: failure_mode_allow ? 'allows where the service fails' : null };
}

function localLimit({ token_bucket: bucket, stat_prefix, descriptors }: HttpLocalRatelimit_LocalRateLimit): readonly PlacelessPolicy[] {
  if (bucket === undefined && (descriptors ?? []).length === 0) return [];
  const own = bucket === undefined ? '' : `${bucket.tokens_per_fill ?? 1} every ${bucket.fill_interval ?? '?'}, at most ${bucket.max_tokens ?? 0}`;
  const more = (descriptors ?? []).length > 0 ? `${descriptors?.length} by descriptor` : '';
  return [{ kind: 'local rate limit', name: stat_prefix ?? null, action: null, detail: [own, more].filter((text) => text !== '').join('; ') }];
}

function limitService({ domain, rate_limit_service, failure_mode_deny }: HttpRatelimit_RateLimit): PlacelessPolicy {
  const asked = serviceOf(rate_limit_service?.grpc_service);
  return {
    kind: 'rate limit service',
    name: asked ?? null,
    action: null,
    detail: [`domain ${domain ?? ''}`, failure_mode_deny ? 'refuses where the service fails' : ''].filter((text) => text !== '').join(', '),
  };
}

function faults({ delay, abort }: HTTPFault): readonly PlacelessPolicy[] {
  const parts = [
    delay === undefined ? '' : `delay ${delay.fixed_delay ?? 'by header'}`,
    abort === undefined ? '' : `abort ${abort.http_status ?? abort.grpc_status ?? 'by header'}`,
  ].filter((text) => text !== '');
  return parts.length === 0 ? [] : [{ kind: 'fault injection', name: null, action: null, detail: parts.join(', ') }];
}

function serviceOf(service: GrpcService | undefined): string | undefined {
  return service?.envoy_grpc?.cluster_name ?? service?.google_grpc?.target_uri;
}
