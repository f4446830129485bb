import type { FidelityTable } from './fidelity-table.ts';
import { maps, nested, rows } from './rows.ts';

const RBAC = 'envoy.config.rbac.v3';
const MATCHER = 'envoy.type.matcher.v3';
const PROOF = 'test/match/rbac.test.ts';

/** The rules of RBAC, for connections and for requests. What a dump cannot tell of them is a named condition. */
export const RBAC_ROWS: FidelityTable = {
  'envoy.extensions.filters.http.rbac.v3.RBAC': {
    ...nested({ rules: `${RBAC}.RBAC` }, 'snapshots/rbac-deny'),
    ...rows('modelled', 'its own inputs and actions', 'matcher', 'test/match/matcher-tree.test.ts'),
    ...rows('no effect', 'shadow rules and statistics', 'rules_stat_prefix shadow_rules shadow_matcher shadow_rules_stat_prefix track_per_rule_stats'),
  },
  'envoy.extensions.filters.http.rbac.v3.RBACPerRoute': nested({ rbac: 'envoy.extensions.filters.http.rbac.v3.RBAC' }, 'test/trace/http-filters.test.ts'),
  [`${RBAC}.RBAC`]: {
    ...rows('modelled', '', 'action', PROOF),
    ...maps({ policies: `${RBAC}.Policy` }, PROOF, 'in the order of their names'),
    ...rows('no effect', 'audit logs', 'audit_logging_options'),
  },
  [`${RBAC}.Policy`]: {
    ...nested({ permissions: `${RBAC}.Permission`, principals: `${RBAC}.Principal` }, PROOF),
    ...rows('condition', 'CEL expressions are not evaluated', 'condition checked_condition cel_config', PROOF),
  },
  [`${RBAC}.Permission`]: {
    ...nested(
      {
        and_rules: `${RBAC}.Permission.Set`,
        or_rules: `${RBAC}.Permission.Set`,
        not_rule: `${RBAC}.Permission`,
        header: 'envoy.config.route.v3.HeaderMatcher',
        url_path: `${MATCHER}.PathMatcher`,
        requested_server_name: `${MATCHER}.StringMatcher`,
      },
      PROOF,
    ),
    ...rows('modelled', '', 'any destination_ip destination_port destination_port_range uri_template', PROOF),
    ...rows('condition', 'dynamic metadata and extensions', 'metadata sourced_metadata matcher', PROOF),
  },
  [`${RBAC}.Permission.Set`]: nested({ rules: `${RBAC}.Permission` }, PROOF),
  [`${RBAC}.Principal`]: {
    ...nested(
      {
        and_ids: `${RBAC}.Principal.Set`,
        or_ids: `${RBAC}.Principal.Set`,
        not_id: `${RBAC}.Principal`,
        header: 'envoy.config.route.v3.HeaderMatcher',
        url_path: `${MATCHER}.PathMatcher`,
        authenticated: `${RBAC}.Principal.Authenticated`,
      },
      PROOF,
    ),
    ...rows('modelled', '', 'any source_ip direct_remote_ip remote_ip', PROOF),
    ...rows('condition', 'dynamic metadata, filter state and extensions', 'metadata sourced_metadata filter_state custom', PROOF),
  },
  [`${RBAC}.Principal.Set`]: nested({ ids: `${RBAC}.Principal` }, PROOF),
  [`${RBAC}.Principal.Authenticated`]: nested(
    { principal_name: `${MATCHER}.StringMatcher` },
    PROOF,
    'the names of the client certificate, where they are given',
  ),
  [`${MATCHER}.PathMatcher`]: nested({ path: `${MATCHER}.StringMatcher` }, PROOF, 'without query and fragment'),
};
