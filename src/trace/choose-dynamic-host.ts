import { endpointAddress } from '../match/endpoint-address.ts';
import { NO_HOST } from '../match/host-pick.ts';
import { parseIp } from '../match/ip-address.ts';
import type { Cluster } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';
import type { ClusterQuestion } from './cluster-question.ts';
import { type HostAnswer, type HostPart, only, way } from './host-choice.ts';
import type { ProxyIndex } from './proxy-index.ts';

/**
 * A dynamic forward proxy dials the host that the request names (after the route's host rewrite; the SNI for TCP), with port 80, or 443
 * where the cluster speaks TLS, unless it names one. An IP address needs no DNS; a name that the endpoints section lists is resolved.
 * Source: source/extensions/clusters/dynamic_forward_proxy/cluster.cc Cluster::LoadBalancer::chooseHost,
 * source/extensions/common/dynamic_forward_proxy/dns_cache_impl.cc DnsHostInfo::normalizeHostForDfp.
 */
export function chooseDynamicHost(index: ProxyIndex, resource: Resource<Cluster>, question: ClusterQuestion): HostAnswer {
  const raw = question.protocol === 'tcp' ? (question.sni ?? '') : question.host;
  const { host, port } = splitAuthority(raw);
  const wanted = `${host}:${port ?? (speaksTls(resource.value) ? 443 : 80)}`;
  const choice = (ways: ReturnType<typeof way>[], rule: string): HostAnswer => ({
    kind: 'ways',
    ways,
    rule: `dynamic forward proxy: ${rule}`,
    subsetMissed: false,
    hosts: undefined,
  });
  const part = (pick: HostPart['pick']): readonly HostPart[] => [{ probability: 1, pick, cluster: resource.value }];
  if (host === '') return choice([way(part(NO_HOST))], question.protocol === 'tcp' ? 'the connection has no SNI' : 'the request names no host');
  if (question.protocol === 'http' && parseIp(host) !== undefined) return choice([way(part(only(wanted)))], `dials ${wanted}`);
  const resolved = resolvedAddress(index, resource, wanted);
  if (resolved !== undefined) return choice([way(part(only(resolved)))], `${wanted} is resolved to ${resolved}`);
  return choice(
    [way(part(only(wanted)), [`DNS name ${host} resolves`], true), way(part(NO_HOST), [`DNS name ${host} does not resolve`], true, 'dns_resolution_failure')],
    `resolves ${host}`,
  );
}

function splitAuthority(authority: string): { readonly host: string; readonly port: number | undefined } {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority);
  return parts === null ? { host: authority, port: undefined } : { host: parts[1] ?? '', port: parts[2] === undefined ? undefined : Number(parts[2]) };
}

function speaksTls(cluster: Cluster): boolean {
  const type = anyType(configOf(cluster.transport_socket));
  return type.endsWith('.UpstreamTlsContext') || type.endsWith('.QuicUpstreamTransport') || cluster.transport_socket?.name === 'envoy.transport_sockets.tls';
}

/** Hosts of the DNS cache stand in the endpoints section under `name:port`. */
function resolvedAddress(index: ProxyIndex, resource: Resource<Cluster>, wanted: string): string | undefined {
  const endpoints = (index.assignments.get(resource.name)?.value.endpoints ?? []).flatMap((group) => group.lb_endpoints ?? []);
  const found = endpoints.find((endpoint) => endpoint.endpoint?.hostname === wanted);
  return found === undefined ? undefined : endpointAddress(found.endpoint?.address);
}
