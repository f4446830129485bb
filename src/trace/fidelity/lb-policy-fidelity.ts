import { type FidelityTable, modelled, noEffect, undetermined } from './fidelity-table.ts';

const C = 'envoy.config.cluster.v3.';
const P = 'envoy.extensions.load_balancing_policies.';
const COMMON = `${P}common.v3.`;
const SLOW = 'slow start shifts shares for a while';
const IDLE = 'shares are those of idle hosts';
const HASH = 'which host one request hashes to; the shares follow the weights';
const LOAD = 'how weights follow reported load; a dump shows the weights of its moment';
const LEGACY_SUBSET = { proof: 'traces g4_clusters/subset' };
const SUBSET_TEST = { proof: 'test/match/subset-selection.test.ts' };

const selector = {
  keys: modelled('exactly the keys of metadata_match', LEGACY_SUBSET),
  single_host_per_subset: modelled('the first host of the most wanted priority, whatever its health', SUBSET_TEST),
  fallback_policy: modelled('', LEGACY_SUBSET),
  fallback_keys_subset: modelled('', SUBSET_TEST),
};

const subset = (name: string) => ({
  fallback_policy: modelled('', LEGACY_SUBSET),
  default_subset: modelled('', LEGACY_SUBSET),
  subset_selectors: modelled('', { of: name, ...LEGACY_SUBSET }),
  locality_weight_aware: modelled('', SUBSET_TEST),
  scale_locality_weight: modelled('', SUBSET_TEST),
  panic_mode_any: modelled('only where a fallback found no host', LEGACY_SUBSET),
  list_as_any: modelled('', SUBSET_TEST),
  metadata_fallback_policy: modelled('', SUBSET_TEST),
});

const slowStart = { slow_start_window: noEffect(SLOW), aggression: noEffect(SLOW), min_weight_percent: noEffect(SLOW) };

const orca = {
  port_value: noEffect('where load is reported'),
  authority: noEffect('where load is reported'),
  transport_socket_match_criteria: noEffect('where load is reported'),
};

/** How hosts are chosen: the fields of Cluster and the extensions of load_balancing_policy. */
export const LB_POLICY_FIDELITY: FidelityTable = {
  [`${C}LoadBalancingPolicy`]: {
    policies: modelled('the first that this Envoy knows, by the extensions that its node lists', {
      of: `${C}LoadBalancingPolicy.Policy`,
      proof: 'traces g4_clusters/lb_policy_api',
    }),
  },
  [`${C}LoadBalancingPolicy.Policy`]: { typed_extension_config: modelled('by its message') },
  [`${C}Cluster.CommonLbConfig`]: {
    healthy_panic_threshold: modelled('rounded to whole percents; runtime upstream.healthy_panic_threshold wins', { proof: 'traces g4_clusters/panic_mix_30' }),
    zone_aware_lb_config: modelled('', { of: `${C}Cluster.CommonLbConfig.ZoneAwareLbConfig`, proof: 'test/match/zone-aware-routing.test.ts' }),
    locality_weighted_lb_config: modelled('', { of: `${C}Cluster.CommonLbConfig.LocalityWeightedLbConfig`, proof: 'test/match/locality-weights.test.ts' }),
    update_merge_window: noEffect('when updates are applied'),
    ignore_new_hosts_until_first_hc: modelled('through /clusters, which tells hosts that wait for their first check; without it they count as unhealthy', {
      proof: 'test/match/host-health.test.ts',
    }),
    close_connections_on_host_set_change: noEffect('open connections only'),
    consistent_hashing_lb_config: noEffect(HASH, { of: `${C}Cluster.CommonLbConfig.ConsistentHashingLbConfig` }),
    override_host_status: noEffect('only where a filter overrides the host', { of: 'envoy.config.core.v3.HealthStatusSet' }),
  },
  [`${C}Cluster.CommonLbConfig.ZoneAwareLbConfig`]: {
    routing_enabled: modelled('runtime upstream.zone_routing.enabled wins'),
    min_cluster_size: modelled('runtime upstream.zone_routing.min_cluster_size wins'),
    fail_traffic_on_panic: modelled('', { proof: 'traces g4_clusters/fail_traffic_on_panic' }),
  },
  [`${C}Cluster.CommonLbConfig.LocalityWeightedLbConfig`]: {},
  [`${C}Cluster.CommonLbConfig.ConsistentHashingLbConfig`]: { use_hostname_for_hashing: noEffect(HASH), hash_balance_factor: noEffect(HASH) },
  'envoy.config.core.v3.HealthStatusSet': { statuses: noEffect('only where a filter overrides the host') },
  [`${C}Cluster.LbSubsetConfig`]: subset(`${C}Cluster.LbSubsetConfig.LbSubsetSelector`),
  [`${C}Cluster.LbSubsetConfig.LbSubsetSelector`]: selector,
  [`${C}Cluster.SlowStartConfig`]: slowStart,
  [`${C}Cluster.RoundRobinLbConfig`]: { slow_start_config: noEffect(SLOW, { of: `${C}Cluster.SlowStartConfig` }) },
  [`${C}Cluster.LeastRequestLbConfig`]: {
    choice_count: noEffect(IDLE),
    active_request_bias: noEffect(IDLE),
    slow_start_config: noEffect(SLOW, { of: `${C}Cluster.SlowStartConfig` }),
  },
  [`${C}Cluster.RingHashLbConfig`]: { minimum_ring_size: noEffect(HASH), hash_function: noEffect(HASH), maximum_ring_size: noEffect(HASH) },
  [`${C}Cluster.MaglevLbConfig`]: { table_size: noEffect(HASH) },

  [`${COMMON}LocalityLbConfig`]: {
    zone_aware_lb_config: modelled('', { of: `${COMMON}LocalityLbConfig.ZoneAwareLbConfig` }),
    locality_weighted_lb_config: modelled('', { of: `${COMMON}LocalityLbConfig.LocalityWeightedLbConfig` }),
  },
  [`${COMMON}LocalityLbConfig.ZoneAwareLbConfig`]: {
    routing_enabled: modelled(),
    min_cluster_size: modelled(),
    fail_traffic_on_panic: modelled(),
    force_locality_direct_routing: modelled('as force_local_zone from one host on'),
    force_local_zone: modelled('', { of: `${COMMON}LocalityLbConfig.ZoneAwareLbConfig.ForceLocalZone`, proof: 'test/match/zone-aware-routing.test.ts' }),
    locality_basis: modelled('', { proof: 'test/match/zone-aware-routing.test.ts' }),
  },
  [`${COMMON}LocalityLbConfig.ZoneAwareLbConfig.ForceLocalZone`]: { min_size: modelled('1 by default') },
  [`${COMMON}LocalityLbConfig.LocalityWeightedLbConfig`]: {},
  [`${COMMON}SlowStartConfig`]: slowStart,
  [`${COMMON}ConsistentHashingLbConfig`]: { use_hostname_for_hashing: noEffect(HASH), hash_balance_factor: noEffect(HASH), hash_policy: noEffect(HASH) },
  [`${COMMON}OrcaOobReportingConfig`]: orca,
  [`${P}round_robin.v3.RoundRobin`]: {
    slow_start_config: noEffect(SLOW, { of: `${COMMON}SlowStartConfig` }),
    locality_lb_config: modelled('', { of: `${COMMON}LocalityLbConfig` }),
  },
  [`${P}least_request.v3.LeastRequest`]: {
    choice_count: noEffect(IDLE),
    active_request_bias: noEffect(IDLE),
    slow_start_config: noEffect(SLOW, { of: `${COMMON}SlowStartConfig` }),
    locality_lb_config: modelled('', { of: `${COMMON}LocalityLbConfig` }),
    enable_full_scan: noEffect(IDLE),
    selection_method: noEffect(IDLE),
  },
  [`${P}random.v3.Random`]: { locality_lb_config: modelled('', { of: `${COMMON}LocalityLbConfig` }) },
  [`${P}ring_hash.v3.RingHash`]: {
    hash_function: noEffect(HASH),
    minimum_ring_size: noEffect(HASH),
    maximum_ring_size: noEffect(HASH),
    use_hostname_for_hashing: noEffect(HASH),
    hash_balance_factor: noEffect(HASH),
    consistent_hashing_lb_config: noEffect(HASH, { of: `${COMMON}ConsistentHashingLbConfig` }),
    locality_weighted_lb_config: modelled('', { of: `${COMMON}LocalityLbConfig.LocalityWeightedLbConfig` }),
  },
  [`${P}maglev.v3.Maglev`]: {
    table_size: noEffect(HASH),
    consistent_hashing_lb_config: noEffect(HASH, { of: `${COMMON}ConsistentHashingLbConfig` }),
    locality_weighted_lb_config: modelled('', { of: `${COMMON}LocalityLbConfig.LocalityWeightedLbConfig` }),
  },
  [`${P}client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin`]: {
    enable_oob_load_report: noEffect(LOAD),
    oob_reporting_period: noEffect(LOAD),
    blackout_period: noEffect(LOAD),
    weight_expiration_period: noEffect(LOAD),
    weight_update_period: noEffect(LOAD),
    error_utilization_penalty: noEffect(LOAD),
    metric_names_for_computing_utilization: noEffect(LOAD),
    slow_start_config: noEffect(SLOW, { of: `${COMMON}SlowStartConfig` }),
    oob_reporting_config: noEffect(LOAD, { of: `${COMMON}OrcaOobReportingConfig` }),
  },
  [`${P}wrr_locality.v3.WrrLocality`]: {
    endpoint_picking_policy: modelled('', { of: `${C}LoadBalancingPolicy`, proof: 'test/trace/cluster-balancing.test.ts' }),
  },
  [`${P}subset.v3.Subset`]: {
    ...subset(`${P}subset.v3.Subset.LbSubsetSelector`),
    allow_redundant_keys: modelled('', SUBSET_TEST),
    subset_lb_policy: modelled('', { of: `${C}LoadBalancingPolicy` }),
  },
  [`${P}subset.v3.Subset.LbSubsetSelector`]: selector,
  [`${P}cluster_provided.v3.ClusterProvided`]: {},
  [`${P}override_host.v3.OverrideHost`]: {
    override_host_sources: undetermined('a filter or header names the host'),
    selected_host_key: undetermined('a filter or header names the host'),
    fallback_policy: undetermined('a filter or header names the host'),
  },
  [`${P}override_host.v3.OverrideHost.OverrideHostSource`]: {
    header: undetermined('a filter or header names the host'),
    metadata: undetermined('a filter or header names the host'),
  },
  [`${P}load_aware_locality.v3.LoadAwareLocality`]: {
    endpoint_picking_policy: undetermined(LOAD),
    weight_update_period: undetermined(LOAD),
    metric_names_for_computing_utilization: undetermined(LOAD),
    utilization_variance_threshold: undetermined(LOAD),
    smoothing_time_constant: undetermined(LOAD),
    remote_probe_fraction: undetermined(LOAD),
    weight_expiration_period: undetermined(LOAD),
    enable_oob_load_report: undetermined(LOAD),
    oob_reporting_period: undetermined(LOAD),
    oob_reporting_config: undetermined(LOAD),
  },
  [`${P}dynamic_modules.v3.DynamicModulesLoadBalancerConfig`]: {
    dynamic_module_config: undetermined('code outside Envoy chooses the host'),
    lb_policy_name: undetermined('code outside Envoy chooses the host'),
    lb_policy_config: undetermined('code outside Envoy chooses the host'),
  },
  [`${P}pick_first.v3.PickFirst`]: { shuffle_address_list: undetermined('Envoy has no such policy') },
  [`${P}random_subsetting.v3.RandomSubsetting`]: {
    subset_size: undetermined('Envoy has no such policy'),
    child_policy: undetermined('Envoy has no such policy'),
  },
};
