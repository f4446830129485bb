import type { Cluster } from '../model/generated/envoy-api.ts';
import type { ProxyIndex } from './proxy-index.ts';

/**
 * Names of SDS secrets that a cluster's TLS needs and the dump's secrets section does not hold. Envoy keeps a new cluster warming until
 * they arrive or their fetch times out; after that its connections fail, which is beyond the choice of a host.
 * Source: source/common/tls/ssl_socket.cc NotReadySslSocket.
 */
export function missingSecrets(index: ProxyIndex, cluster: Cluster): readonly string[] {
  if (!index.proxy.sections.has('secret')) return [];
  const names = new Set<string>();
  collect([cluster.transport_socket, cluster.transport_socket_matches], names);
  return [...names].filter((name) => !index.secrets.has(name));
}

function collect(value: unknown, names: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (/sds_secret_configs?$/.test(key)) for (const config of Array.isArray(member) ? member : [member]) addName(config, names);
    else collect(member, names);
  }
}

function addName(config: unknown, names: Set<string>): void {
  const name = (config as { readonly name?: unknown } | null)?.name;
  if (typeof name === 'string' && name !== '') names.add(name);
}
