/** Clusters that lead back into the proxy or its agent: telemetry, health checks, admin, tunnels. */
const OWN =
  /^(?:agent|prometheus_stats|admin_port_cluster|kuma:envoy:admin|kuma:readiness|system_\w+|service-stats|envoy-admin|envoy-metrics-cluster|(?:liveness|readiness|startup)_cluster|sds-grpc|xds-grpc|zipkin|self_admin|access_log_sink|wasm-cache|main_internal|connect_originate|encap)$/;

/** Clusters for traffic to an address that nothing names: passed through, or closed. */
const UNNAMED =
  /^(?:PassthroughCluster|BlackHoleCluster|InboundPassthroughCluster(?:Ipv[46])?|inbound-passthrough-cluster|passthrough-outbound|original-destination|outbound:passthrough:ipv[46]|inbound:passthrough:ipv[46]|self_transparentproxy_\w+)$/;

/** The application beside a sidecar, and the control plane. */
const BESIDE =
  /^(?:local_app(?:[:_].*)?|local_agent|consul-dataplane|localhost:\d+|self_inbound_\w+|ads_cluster|xds_cluster|rest_xds_cluster|.*[|]local|.*-local|inbound:.*)$/;

/** Whether a cluster leads back into the proxy itself. */
export function isOwnCluster(name: string): boolean {
  return OWN.test(name);
}

/** Whether a cluster stands for addresses that nothing names. */
export function isUnnamedCluster(name: string): boolean {
  return UNNAMED.test(name);
}

/** Whether a cluster leads to a service of someone else, as far as names tell. */
export function isServiceCluster(name: string): boolean {
  return !OWN.test(name) && !UNNAMED.test(name) && !BESIDE.test(name);
}
