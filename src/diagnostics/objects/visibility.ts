import { list, quoted } from '../words.ts';
import { fitsHost, hasLabels, type KubeObject, labelsText, listOf, objectName, objectOf, objectsOf, textsOf } from './kube-object.ts';
import { type ObjectSet, ofKind, ROOT_NAMESPACE } from './object-set.ts';
import type { ProxyIdentity } from './proxy-identity.ts';

/** Why `exportTo` keeps an object from a proxy; undefined where it does not. Source: Istio's visibility rules (pkg/config/visibility). */
export function hiddenByExport(object: KubeObject, identity: ProxyIdentity): string | undefined {
  const annotated = object.annotations['networking.istio.io/exportTo'];
  const exportTo = annotated === undefined ? listOf(object.spec['exportTo']) : annotated.split(',').map((part) => part.trim());
  const reaches = exportTo.length === 0 || exportTo.some((to) => to === '*' || to === identity.namespace || (to === '.' && isNear(object, identity)));
  return reaches ? undefined : `exportTo ${JSON.stringify(exportTo)} keeps it from namespace ${quoted(identity.namespace)}, where the proxy is`;
}

const isNear = (object: KubeObject, identity: ProxyIdentity): boolean => object.namespace === identity.namespace;

/** Why a workload selector keeps an object from a proxy; undefined where it does not. Source: Istio's workloadSelector fields. */
export function hiddenBySelector(object: KubeObject, identity: ProxyIdentity): string | undefined {
  const { workloadSelector, selector } = object.spec;
  const own = objectOf(workloadSelector ?? selector);
  const labels = textsOf(own['matchLabels'] ?? own['labels']);
  if (Object.keys(labels).length === 0 || (isNear(object, identity) && hasLabels(identity.labels, labels))) return undefined;
  return `its workload selector (${labelsText(labels)}) selects other workloads`;
}

/**
 * Why a Sidecar object keeps a host from a sidecar: its egress lists no entry that takes it. The Sidecar of the workload counts, else that of
 * the namespace, else that of the root namespace. Undefined where none does, or where the proxy is no sidecar.
 */
export function hiddenBySidecar(host: string, namespace: string, set: ObjectSet, identity: ProxyIdentity): string | undefined {
  const sidecar = identity.role === 'sidecar' ? sidecarOf(set, identity) : undefined;
  const egress = objectsOf(sidecar?.spec['egress']);
  if (sidecar === undefined || egress.length === 0) return undefined;
  const hosts = egress.flatMap((listener) => listOf(listener['hosts']));
  if (hosts.some((entry) => takes(entry, host, namespace, identity))) return undefined;
  return `the egress of ${objectName(sidecar)} lets this proxy see ${list(hosts.slice(0, 4).map(quoted))}${hosts.length > 4 ? ' …' : ''} only: add ${quoted(`${namespace}/${host}`)} to its hosts`;
}

function sidecarOf(set: ObjectSet, identity: ProxyIdentity): KubeObject | undefined {
  const all = ofKind(set, 'Sidecar');
  const isOfWorkload = (object: KubeObject): boolean => Object.keys(objectOf(object.spec['workloadSelector'])).length > 0;
  return (
    all.find((object) => isOfWorkload(object) && isNear(object, identity) && hiddenBySelector(object, identity) === undefined) ??
    all.find((object) => !isOfWorkload(object) && isNear(object, identity)) ??
    all.find((object) => !isOfWorkload(object) && object.namespace === ROOT_NAMESPACE)
  );
}

/** `./*`, `shop/*`, `any/catalog.shop.svc.cluster.local`, `~/*`. */
function takes(entry: string, host: string, namespace: string, identity: ProxyIdentity): boolean {
  const slash = entry.indexOf('/');
  const of = slash < 0 ? '*' : entry.slice(0, slash);
  if (of === '~') return false;
  const isOf = of === '*' || of === namespace || (of === '.' && namespace === identity.namespace);
  return isOf && fitsHost(entry.slice(slash + 1), host);
}
