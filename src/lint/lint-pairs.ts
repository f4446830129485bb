import { jqPath } from '../dump/dump-path.ts';
import type { FilterChain } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { serves } from '../model/resource.ts';
import { endpointSpeaksTls } from '../model/upstream-transport.ts';
import type { Finding } from './finding.ts';

/** A finding of one proxy that another one's dump shows. */
export interface PairFinding {
  readonly proxy: ProxyConfig;
  readonly finding: Finding;
}

/** Clusters of one proxy that send plain text to a port where another proxy of the input takes TLS only. */
export function lintPairs(proxies: readonly ProxyConfig[]): readonly PairFinding[] {
  const byAddress = new Map(proxies.flatMap((proxy) => addressesOf(proxy).map((address) => [address, proxy] as const)));
  const found = new Map<string, PairFinding>();
  for (const proxy of proxies) {
    const assignments = new Map(proxy.endpoints.map((resource) => [resource.name, resource]));
    for (const cluster of proxy.clusters) {
      if ((cluster.state !== 'active' && cluster.state !== 'static') || /^inbound/.test(cluster.name)) continue;
      const assignment = assignments.get(cluster.value.eds_cluster_config?.service_name || cluster.name)?.value ?? cluster.value.load_assignment;
      for (const endpoint of (assignment?.endpoints ?? []).flatMap((locality) => locality.lb_endpoints ?? [])) {
        const { address = '', port_value: port = 0 } = endpoint.endpoint?.address?.socket_address ?? {};
        const server = byAddress.get(address);
        if (server === undefined || server === proxy || endpointSpeaksTls(cluster.value, endpoint) || takesPlainText(server, port)) continue;
        const subject = `${cluster.name} -> ${address}:${port}`;
        const facts = { cluster: cluster.name, address: `${address}:${port}`, server: server.label };
        found.set(`${proxy.label} ${subject}`, {
          proxy,
          finding: { id: 'PC6005', subject, facts, evidence: { document: cluster.document, path: jqPath([...cluster.path, 'name']) } },
        });
      }
    }
  }
  return [...found.values()];
}

/** The addresses of the proxy's pod, as Istio's node metadata and id have them. */
function addressesOf(proxy: ProxyConfig): readonly string[] {
  const node = proxy.bootstrap?.value.node;
  const listed = node?.metadata?.['INSTANCE_IPS'];
  const own = node?.id?.split('~')[1];
  return [...(typeof listed === 'string' ? listed.split(',') : []), ...(own === undefined ? [] : [own])];
}

/** Whether a chain of the inbound listener takes a plain connection to this port: chains of the port itself hide those without one. */
function takesPlainText(server: ProxyConfig, port: number): boolean {
  const inbound = server.listeners.filter((l) => serves(l) && l.name === 'virtualInbound');
  if (inbound.length === 0) return true;
  return inbound.some(({ value }) => {
    const chains = value.filter_chains ?? [];
    const ofPort = chains.filter((chain) => chain.filter_chain_match?.destination_port === port);
    const candidates = ofPort.length > 0 ? ofPort : chains.filter((chain) => chain.filter_chain_match?.destination_port === undefined);
    return candidates.some(isPlain) || value.default_filter_chain !== undefined;
  });
}

function isPlain(chain: FilterChain): boolean {
  const match = chain.filter_chain_match;
  return chain.transport_socket === undefined && match?.transport_protocol !== 'tls' && (match?.server_names ?? []).length === 0;
}
