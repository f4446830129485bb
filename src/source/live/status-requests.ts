/** What tells of updates that were refused, and of the control plane; counters that are 0 are left out by Envoy. */
export const STATUS_STATS = `/stats?format=json&usedonly&filter=${encodeURIComponent('update_(rejected|success|attempt)$|config_fail$|control_plane\\.')}`;

const COMMON = 'version_info,last_updated,error_state,client_status';
const LISTENER_STATES = ['active_state', 'warming_state', 'draining_state'].flatMap((state) => [`${state}.version_info`, `${state}.last_updated`]);

/**
 * The requests that give name, version, time, status and error of every dynamic resource, and not its content: Envoy puts a mask on each
 * element where `resource` names a list.
 */
export const STATUS_REQUESTS: readonly string[] = [
  `/config_dump?resource=dynamic_listeners&mask=name,error_state,client_status,${LISTENER_STATES.join(',')}`,
  `/config_dump?resource=dynamic_active_clusters&mask=cluster.name,${COMMON}`,
  `/config_dump?resource=dynamic_warming_clusters&mask=cluster.name,${COMMON}`,
  `/config_dump?resource=dynamic_route_configs&mask=route_config.name,${COMMON}`,
  `/config_dump?resource=dynamic_active_secrets&mask=name,${COMMON}`,
  `/config_dump?resource=dynamic_warming_secrets&mask=name,${COMMON}`,
  `/config_dump?resource=ecds_filters&mask=ecds_filter.name,${COMMON}`,
  STATUS_STATS,
];
