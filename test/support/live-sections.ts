/** Sections of a small config_dump, for jsonAnswers. */
const LISTENER = {
  '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
  name: 'web',
  address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
};
const cluster = (name: string) => ({ cluster: { '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster', name, type: 'EDS' }, version_info: '1' });

export const SECTIONS = {
  ListenersConfigDump: [{ name: 'web', active_state: { listener: LISTENER } }],
  ClustersConfigDump: [cluster('catalog'), cluster('catalog-v2'), cluster('users')],
  EndpointsConfigDump: [
    {
      endpoint_config: {
        '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
        cluster_name: 'catalog',
        endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: '10.0.0.1', port_value: 80 } } } }] }],
      },
    },
  ],
};
