import type { FidelityTable } from './fidelity-table.ts';
import { maps, nested, rows } from './rows.ts';

const HTTP = 'envoy.extensions.filters.http';
const JWT = `${HTTP}.jwt_authn.v3`;
const CORE = 'envoy.config.core.v3';
const PROOF = 'test/trace/http-filters.test.ts';

/** Filters that ask who is there: passwords, keys, tokens, origins, an outside service. */
export const AUTH_FILTER_ROWS: FidelityTable = {
  [`${HTTP}.basic_auth.v3.BasicAuth`]: {
    ...rows('modelled', '', 'authentication_header allow_missing', PROOF),
    ...rows('condition', 'user names where the dump shows them; passwords never', 'users', 'snapshots/basic-auth'),
    ...rows('no effect', 'headers and metadata', 'forward_username_header emit_dynamic_metadata realm'),
  },
  [`${HTTP}.basic_auth.v3.BasicAuthPerRoute`]: {
    ...rows('condition', "in place of the filter's own", 'users', PROOF),
    ...rows('no effect', 'a header of the answer', 'realm'),
  },
  [`${HTTP}.api_key_auth.v3.ApiKeyAuth`]: {
    ...nested({ key_sources: `${HTTP}.api_key_auth.v3.KeySource` }, PROOF),
    ...rows('condition', 'whether the key is known, as Envoy masks the keys; from a bootstrap file it is told', 'credentials', 'snapshots/api-keys'),
    ...rows('no effect', 'what the upstream gets', 'forwarding'),
  },
  [`${HTTP}.api_key_auth.v3.ApiKeyAuthPerRoute`]: {
    ...nested({ key_sources: `${HTTP}.api_key_auth.v3.KeySource` }, PROOF),
    ...rows('condition', 'as above', 'credentials allowed_clients', PROOF),
    ...rows('no effect', 'what the upstream gets', 'forwarding'),
  },
  [`${HTTP}.api_key_auth.v3.KeySource`]: rows('modelled', '', 'header query cookie', PROOF),
  [`${HTTP}.csrf.v3.CsrfPolicy`]: {
    ...nested({ filter_enabled: `${CORE}.RuntimeFractionalPercent`, additional_origins: 'envoy.type.matcher.v3.StringMatcher' }, 'snapshots/csrf-origins'),
    ...rows('no effect', 'counts only', 'shadow_enabled'),
  },
  [`${JWT}.JwtAuthentication`]: {
    ...maps({ providers: `${JWT}.JwtProvider`, requirement_map: `${JWT}.JwtRequirement` }, PROOF, 'whether a token is required and given'),
    ...nested({ rules: `${JWT}.RequirementRule` }, PROOF),
    ...rows('modelled', '', 'bypass_cors_preflight', PROOF),
    ...rows('no effect', 'the body of the refusal, statistics', 'strip_failure_response stat_prefix'),
    ...rows('undetermined', 'requirements by filter state', 'filter_state_rules'),
  },
  [`${JWT}.PerRouteConfig`]: rows('modelled', '', 'disabled requirement_name', PROOF),
  [`${JWT}.RequirementRule`]: {
    ...nested({ match: 'envoy.config.route.v3.RouteMatch', requires: `${JWT}.JwtRequirement` }, PROOF),
    ...rows('modelled', '', 'requirement_name', PROOF),
  },
  [`${JWT}.JwtRequirement`]: {
    ...nested({ requires_any: `${JWT}.JwtRequirementOrList`, requires_all: `${JWT}.JwtRequirementAndList` }, PROOF),
    ...rows('modelled', '', 'provider_name provider_and_audiences allow_missing_or_failed allow_missing extract_only_without_validation', PROOF),
  },
  [`${JWT}.JwtRequirementOrList`]: nested({ requirements: `${JWT}.JwtRequirement` }, PROOF),
  [`${JWT}.JwtRequirementAndList`]: nested({ requirements: `${JWT}.JwtRequirement` }, PROOF),
  [`${JWT}.JwtProvider`]: {
    ...rows('modelled', 'where tokens are looked for, and whose they must be', 'issuer from_headers from_params from_cookies', PROOF),
    ...rows('modelled', 'a token that is a parameter leaves the path upstream unless forwarded', 'forward', PROOF),
    ...rows(
      'condition',
      'whether a token is good',
      'audiences subjects require_expiration max_lifetime remote_jwks local_jwks clock_skew_seconds jwt_cache_config',
      PROOF,
    ),
    ...rows('condition', 'the request is routed again once a token is good: undetermined', 'clear_route_cache', PROOF),
    ...rows(
      'no effect',
      'what later filters and the upstream learn of the token',
      'forward_payload_header pad_forward_payload_header payload_in_metadata normalize_payload_in_metadata header_in_metadata failed_status_in_metadata claim_to_headers',
    ),
  },
  [`${HTTP}.ext_authz.v3.ExtAuthz`]: {
    ...rows(
      'condition',
      'the service decides, and may name any status: undetermined, with its alternatives',
      'grpc_service http_service failure_mode_allow status_on_error filter_enabled shadow_mode',
      PROOF,
    ),
    ...rows(
      'no effect',
      'what the service is told, and what is logged',
      'transport_api_version failure_mode_allow_header_add with_request_body validate_mutations metadata_context_namespaces typed_metadata_context_namespaces route_metadata_context_namespaces route_typed_metadata_context_namespaces include_peer_certificate stat_prefix bootstrap_metadata_labels_key allowed_headers disallowed_headers include_tls_session charge_cluster_response_stats encode_raw_headers decoder_header_mutation_rules enable_dynamic_metadata_ingestion filter_metadata emit_filter_state_stats max_denied_response_body_bytes enforce_response_header_limits emit_client_span',
    ),
    ...rows(
      'undetermined',
      'it may be skipped, or the request routed again',
      'filter_enabled_metadata deny_at_disable clear_route_cache clear_route_cache_headers',
    ),
  },
  [`${HTTP}.ext_authz.v3.ExtAuthzPerRoute`]: {
    ...rows('modelled', '', 'disabled', PROOF),
    ...rows('no effect', 'what the service is told', 'check_settings'),
  },
};
