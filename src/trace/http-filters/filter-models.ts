import { apiKeyAuth } from './api-key-auth.ts';
import { basicAuth } from './basic-auth.ts';
import { buffer } from './buffer.ts';
import { cdnLoop } from './cdn-loop.ts';
import { cors } from './cors.ts';
import { csrf } from './csrf.ts';
import { extAuthz, localRateLimit, lua, rateLimit } from './external-services.ts';
import { fault } from './fault.ts';
import { CONTINUES, type FilterModel } from './filter.ts';
import { headerMutation } from './header-mutation.ts';
import { healthCheck } from './health-check.ts';
import { onDemand, settingHosts, statefulSession } from './host-steering.ts';
import { jwtAuthn } from './jwt-authn.ts';
import { headerToMetadata, setMetadata } from './lb-metadata.ts';
import { mixer, opaque, outside, wasm } from './outside.ts';
import { rbac } from './rbac-filter.ts';

const HTTP = 'envoy.extensions.filters.http';

const MIXER = 'mixer';

/**
 * Filters that old dumps know by name alone: Mixer, whose configuration has no type, and those that need no configuration.
 * Source: Envoy's deprecated extension names.
 */
export const FILTER_NAMES: ReadonlyMap<string, string> = new Map([
  [MIXER, MIXER],
  ['envoy.filters.http.router', `${HTTP}.router.v3.Router`],
  ['envoy.router', `${HTTP}.router.v3.Router`],
  ['envoy.filters.http.cors', `${HTTP}.cors.v3.Cors`],
  ['envoy.cors', `${HTTP}.cors.v3.Cors`],
  ['envoy.filters.http.grpc_web', `${HTTP}.grpc_web.v3.GrpcWeb`],
  ['envoy.grpc_web', `${HTTP}.grpc_web.v3.GrpcWeb`],
]);

const noEffect: FilterModel = () => CONTINUES;

/** Filters that observe, compress or translate: none of them changes where a request goes or whether it is answered. */
export const WITHOUT_EFFECT: readonly string[] = [
  `${HTTP}.router.v3.Router`,
  `${HTTP}.compressor.v3.Compressor`,
  `${HTTP}.decompressor.v3.Decompressor`,
  `${HTTP}.gzip.v3.Gzip`,
  `${HTTP}.grpc_stats.v3.FilterConfig`,
  `${HTTP}.grpc_web.v3.GrpcWeb`,
  `${HTTP}.grpc_http1_bridge.v3.Config`,
  `${HTTP}.connect_grpc_bridge.v3.FilterConfig`,
  `${HTTP}.tap.v3.Tap`,
  `${HTTP}.alternate_protocols_cache.v3.FilterConfig`,
  `${HTTP}.upstream_codec.v3.UpstreamCodec`,
  `${HTTP}.ip_tagging.v3.IPTagging`,
  `${HTTP}.original_src.v3.OriginalSrc`,
  `${HTTP}.credential_injector.v3.CredentialInjector`,
  `${HTTP}.aws_request_signing.v3.AwsRequestSigning`,
  // That its names resolve is the cluster's condition.
  `${HTTP}.dynamic_forward_proxy.v3.FilterConfig`,
  `${HTTP}.kill_request.v3.KillRequest`,
  `${HTTP}.bandwidth_limit.v3.BandwidthLimit`,
  // Istio's own: telemetry, ALPN towards the upstream, exchange of workload metadata.
  'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig',
  'stats.PluginConfig',
  'stackdriver.config.v1alpha1.PluginConfig',
  'io.istio.http.peer_metadata.Config',
  'istio.envoy.config.filter.http.peer_metadata.Config',
  'envoy.tcp.metadataexchange.config.MetadataExchange',
  'io.istio.http.connect_authority.Config',
  'io.istio.http.connect_baggage.Config',
];

/** Filters for which it does not matter what a route says to them. */
export const HEEDLESS_OF_ROUTES: ReadonlySet<string> = new Set([...WITHOUT_EFFECT, MIXER]);

/** Filters of which a dump says nothing: what each may do, in words. */
export const OPAQUE: Readonly<Record<string, string>> = {
  [`${HTTP}.rate_limit_quota.v3.RateLimitQuotaFilterConfig`]: 'asks a quota service',
  [`${HTTP}.ext_proc.v3.ExternalProcessor`]: 'hands the request to an external processor, which may answer or change it',
  [`${HTTP}.wasm.v3.Wasm`]: 'runs a Wasm module, which may answer or change the request',
  [`${HTTP}.oauth2.v3.OAuth2`]: 'runs the OAuth2 flow, which depends on cookies and secrets',
  [`${HTTP}.composite.v3.Composite`]: 'chooses another filter at run time',
  [`${HTTP}.custom_response.v3.CustomResponse`]: 'may replace local replies',
  [`${HTTP}.cache.v3.CacheConfig`]: 'may answer from its cache',
};

/** How each HTTP filter is modelled, by the type of its configuration. A type that is not here is a gap. */
export const FILTER_MODELS: ReadonlyMap<string, FilterModel> = new Map<string, FilterModel>([
  ...WITHOUT_EFFECT.map((type): [string, FilterModel] => [type, noEffect]),
  [`${HTTP}.fault.v3.HTTPFault`, fault],
  [`${HTTP}.rbac.v3.RBAC`, rbac],
  [`${HTTP}.cors.v3.Cors`, cors],
  [`${HTTP}.buffer.v3.Buffer`, buffer],
  [`${HTTP}.basic_auth.v3.BasicAuth`, basicAuth],
  [`${HTTP}.api_key_auth.v3.ApiKeyAuth`, apiKeyAuth],
  [`${HTTP}.csrf.v3.CsrfPolicy`, csrf],
  [`${HTTP}.cdn_loop.v3.CdnLoopConfig`, cdnLoop],
  [`${HTTP}.header_to_metadata.v3.Config`, headerToMetadata],
  [`${HTTP}.set_metadata.v3.Config`, setMetadata],
  [`${HTTP}.json_to_metadata.v3.JsonToMetadata`, settingHosts(/"envoy\.lb"/)],
  [`${HTTP}.set_filter_state.v3.Config`, settingHosts(/"envoy\.(?:upstream|tcp_proxy|network\.upstream)/)],
  [`${HTTP}.stateful_session.v3.StatefulSession`, statefulSession],
  [`${HTTP}.on_demand.v3.OnDemand`, onDemand],
  [`${HTTP}.health_check.v3.HealthCheck`, healthCheck],
  [`${HTTP}.jwt_authn.v3.JwtAuthentication`, jwtAuthn],
  [`${HTTP}.ext_authz.v3.ExtAuthz`, extAuthz],
  [`${HTTP}.ratelimit.v3.RateLimit`, rateLimit],
  [`${HTTP}.local_ratelimit.v3.LocalRateLimit`, localRateLimit],
  [`${HTTP}.lua.v3.Lua`, lua],
  [MIXER, mixer],
  [`${HTTP}.header_mutation.v3.HeaderMutation`, headerMutation],
  [`${HTTP}.admission_control.v3.AdmissionControl`, outside('admission control', { status: 503, details: 'denied_by_admission_control', flags: null })],
  [`${HTTP}.adaptive_concurrency.v3.AdaptiveConcurrency`, outside('adaptive concurrency', { status: 503, details: 'reached_concurrency_limit', flags: null })],
  ...Object.entries(OPAQUE).map(([type, what]): [string, FilterModel] => [type, opaque(what)]),
  [`${HTTP}.wasm.v3.Wasm`, wasm(opaque(OPAQUE[`${HTTP}.wasm.v3.Wasm`] ?? ''))],
]);
