/** Small admin outputs, for tests of how they are found. */

const ADMIN = 'type.googleapis.com/envoy.admin.v3.';

/** A /config_dump with one cluster of the given name. */
export function configDump(cluster = 'app'): string {
  return JSON.stringify({ configs: [{ '@type': `${ADMIN}ClustersConfigDump`, dynamic_active_clusters: [{ cluster: { name: cluster, type: 'EDS' } }] }] });
}

/** A /config_dump with one listener. */
export function listenersDump(name = 'web'): string {
  return JSON.stringify({ configs: [{ '@type': `${ADMIN}ListenersConfigDump`, static_listeners: [{ listener: { name } }] }] });
}

/** A /clusters with one cluster. */
export function clusters(name = 'app'): string {
  return JSON.stringify({ cluster_statuses: [{ name }] });
}

export const CLUSTERS_TEXT = 'app::observability_name::app\napp::added_via_api::true\n';
export const LISTENERS_TEXT = 'web::0.0.0.0:80\n';
export const CERTS = JSON.stringify({ certificates: [] });
export const SERVER_INFO = JSON.stringify({ version: 'x', state: 'LIVE', command_line_options: {} });
export const STATS = '# TYPE envoy_server_live gauge\nenvoy_server_live{} 1\n';
export const MEMORY = JSON.stringify({ allocated: '1', heap_size: '2' });
export const RUNTIME = JSON.stringify({ layers: ['base'], entries: { key: { final_value: 'x', layer_values: ['x'] } } });
export const SYNCZ = JSON.stringify([{ proxy: 'a.b', cluster_sent: 'x' }]);
export const ZTUNNEL = JSON.stringify({ workloads: {}, services: {}, policies: [] });
