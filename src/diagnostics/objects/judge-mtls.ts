import type { Cluster, LbEndpoint } from '../../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import { serves } from '../../model/resource.ts';
import { endpointSpeaksTls } from '../../model/upstream-transport.ts';
import { parseIstioCluster } from '../istio-names.ts';
import { quoted } from '../words.ts';
import { rulesFor, whyHidden } from './judge-subsets.ts';
import { hasLabels, type KubeObject, objectName, objectOf, textOf, textsOf } from './kube-object.ts';
import { type ObjectSet, ofKind, ROOT_NAMESPACE, serviceOf } from './object-set.ts';
import { podsOf, targetPort } from './pods-behind.ts';
import type { ProxyIdentity } from './proxy-identity.ts';

/** How a workload takes connections at a port, and the object that says so. */
export interface PeerMode {
  readonly mode: string;
  readonly by: KubeObject;
}

/**
 * The PeerAuthentication that counts for a workload and port: its own port, its own, its namespace's, the mesh's; UNSET asks the next one.
 * Undefined where none says anything: PERMISSIVE. Source: Istio's ComposePeerAuthentication.
 */
export function peerMode(namespace: string, labels: Readonly<Record<string, string>>, port: number | undefined, set: ObjectSet): PeerMode | undefined {
  const all = ofKind(set, 'PeerAuthentication').toSorted((a, b) => (a.created < b.created ? -1 : 1));
  const selector = (object: KubeObject): Readonly<Record<string, string>> => textsOf(objectOf(object.spec['selector'])['matchLabels']);
  const isOfWorkload = (object: KubeObject): boolean => Object.keys(selector(object)).length > 0;
  const own = all.find((object) => object.namespace === namespace && isOfWorkload(object) && hasLabels(labels, selector(object)));
  const ofNamespace = all.find((object) => object.namespace === namespace && !isOfWorkload(object));
  const ofMesh = all.find((object) => object.namespace === ROOT_NAMESPACE && !isOfWorkload(object));
  const ofPort = port === undefined ? '' : textOf(objectOf(objectOf(own?.spec['portLevelMtls'])[String(port)])['mode']);
  if (own !== undefined && isSet(ofPort)) return { mode: ofPort, by: own };
  for (const by of [own, ofNamespace, ofMesh]) {
    const mode = textOf(objectOf(by?.spec['mtls'])['mode']);
    if (by !== undefined && isSet(mode)) return { mode, by };
  }
  return undefined;
}

const isSet = (mode: string): boolean => mode !== '' && mode !== 'UNSET';

/**
 * Where the two ends of a cluster's connections disagree on mTLS, by the dump (what this proxy sends) and the PeerAuthentication of the pods
 * behind (what they take): the sentence that says so. Undefined where they agree, or nothing is known.
 */
export function mtlsClash(cluster: string, set: ObjectSet, proxy: ProxyConfig, identity: ProxyIdentity): string | undefined {
  const wanted = parseIstioCluster(cluster);
  const service = wanted === undefined ? undefined : serviceOf(wanted.host, set);
  const found = proxy.clusters.find((own) => own.name === cluster && serves(own));
  if (wanted === undefined || found === undefined) return undefined;
  const [, namespace = ''] = wanted.host.split('.');
  const pods = service === undefined ? [] : podsOf(service, set);
  const labels = pods[0]?.labels ?? textsOf(service?.spec['selector']);
  const port = service === undefined ? undefined : portBehind(service, wanted.port, pods[0]);
  const peer = peerMode(namespace, labels, port, set);
  const endpoints = endpointsOf(proxy, cluster, found.value);
  if (peer === undefined || endpoints.length === 0) return undefined;
  const plain = endpoints.filter((endpoint) => !endpointSpeaksTls(found.value, endpoint)).length;
  const takes = `${objectName(peer.by)} has mode ${peer.mode}`;
  if (peer.mode === 'STRICT' && plain > 0)
    return `this proxy sends plain text to ${quoted(cluster)}, and ${takes}: the other side closes the connection (503 UC)${byRule(wanted.host, 'DISABLE', set, identity)}`;
  if (peer.mode === 'DISABLE' && plain === 0)
    return `this proxy sends TLS to ${quoted(cluster)}, and ${takes}: the other side cannot read it (503 UF)${byRule(wanted.host, 'ISTIO_MUTUAL', set, identity)}`;
  return undefined;
}

function portBehind(service: KubeObject, port: number, pod: KubeObject | undefined): number | undefined {
  const ports = Array.isArray(service.spec['ports']) ? service.spec['ports'] : [];
  const own = ports.map(objectOf).find((one) => Number(one['port']) === port);
  if (own === undefined) return undefined;
  if (pod !== undefined) return targetPort(own, pod);
  const target = Number(own['targetPort'] ?? own['port']);
  return Number.isNaN(target) ? undefined : target;
}

function endpointsOf(proxy: ProxyConfig, name: string, cluster: Cluster): readonly LbEndpoint[] {
  const service = cluster.eds_cluster_config?.service_name || name;
  const assignment = proxy.endpoints.find((own) => own.name === service)?.value ?? cluster.load_assignment;
  return (assignment?.endpoints ?? []).flatMap((locality) => locality.lb_endpoints ?? []);
}

/** The DestinationRule that asks for it, where one does. */
function byRule(host: string, mode: string, set: ObjectSet, identity: ProxyIdentity): string {
  const rule = rulesFor(host, set).find(
    (own) => whyHidden(own, host, identity) === undefined && textOf(objectOf(objectOf(own.spec['trafficPolicy'])['tls'])['mode']) === mode,
  );
  return rule === undefined ? '' : `; ${objectName(rule)} asks for it (trafficPolicy.tls.mode: ${mode})`;
}
