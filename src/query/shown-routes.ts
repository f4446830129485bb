import { ISTIO_CONFIG } from './istio-config-ref.ts';
import { wantedFields } from './wanted-fields.ts';

const TEXT_MATCH = { exact: true, prefix: true, suffix: true, contains: true, ignore_case: true, safe_regex: { regex: true }, custom: true } as const;

const MATCH = {
  prefix: true,
  path: true,
  path_separated_prefix: true,
  safe_regex: { regex: true },
  regex: true,
  connect_matcher: true,
  path_match_policy: true,
  case_sensitive: true,
  headers: {
    name: true,
    string_match: TEXT_MATCH,
    exact_match: true,
    prefix_match: true,
    suffix_match: true,
    contains_match: true,
    safe_regex_match: { regex: true },
    regex_match: true,
    range_match: true,
    present_match: true,
    invert_match: true,
    treat_missing_header_as_empty: true,
  },
  query_parameters: true,
  cookies: true,
  grpc: true,
  runtime_fraction: true,
  tls_context: true,
  dynamic_metadata: true,
  filter_state: true,
} as const;

const ACTION = {
  cluster: true,
  cluster_header: true,
  weighted_clusters: { clusters: { name: true, cluster_header: true, weight: true } },
  cluster_specifier_plugin: true,
  inline_cluster_specifier_plugin: true,
} as const;

/**
 * What of a route config its table shows and filters by, but for the columns of the wide one: conditions and destinations. Retries, rate
 * limits, headers, configuration by filter, most of the bytes, are left aside.
 */
export const SHOWN_ROUTES = wantedFields({
  name: true,
  vhds: true,
  virtual_hosts: {
    name: true,
    domains: true,
    matcher: true,
    routes: {
      match: MATCH,
      route: ACTION,
      redirect: true,
      direct_response: true,
      non_forwarding_action: true,
      filter_action: true,
      metadata: ISTIO_CONFIG,
    },
  },
});

/** The domains of its virtual hosts alone: of a large dump the strings of all of them are not held. */
export const DOMAINS = wantedFields({ virtual_hosts: { domains: true } });
