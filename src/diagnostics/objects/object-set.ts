import { fitsHost, type KubeObject, listOf } from './kube-object.ts';
import type { ProxyIdentity } from './proxy-identity.ts';

/** Istio's root namespace unless a mesh says otherwise. */
export const ROOT_NAMESPACE = 'istio-system';

/** The objects behind a proxy, as far as they were read. */
export interface ObjectSet {
  readonly objects: readonly KubeObject[];
  /** They are those of the cluster: what they say is applied already. */
  readonly isApplied: boolean;
  /** Kinds that could not be read: nothing may be concluded from their absence. */
  readonly unread: ReadonlySet<string>;
}

const GATEWAY_API = 'gateway.networking.k8s.io';

export function ofKind({ objects }: ObjectSet, kind: string): readonly KubeObject[] {
  return objects.filter((object) => object.kind === kind);
}

export function istioGateways(set: ObjectSet): readonly KubeObject[] {
  return ofKind(set, 'Gateway').filter(({ group }) => group !== GATEWAY_API);
}

export function apiGateways(set: ObjectSet): readonly KubeObject[] {
  return ofKind(set, 'Gateway').filter(({ group }) => group === GATEWAY_API);
}

/** Whether the absence of an object of this kind says anything: the kind was read, or, of files, at least one of it is there. */
export function knowsKind(set: ObjectSet, kind: string): boolean {
  return set.isApplied ? !set.unread.has(kind) : ofKind(set, kind).length > 0;
}

/** `the cluster has`, or `the objects hold`: who is said to lack something. */
export function holders(set: ObjectSet): string {
  return set.isApplied ? 'the cluster has' : 'the objects hold';
}

/** The Service of `catalog.shop.svc.cluster.local`. */
export function serviceOf(host: string, set: ObjectSet): KubeObject | undefined {
  const [name = '', namespace = '', svc] = host.split('.');
  if (svc !== 'svc') return undefined;
  return ofKind(set, 'Service').find((object) => object.name === name && object.namespace === namespace);
}

export function serviceEntriesOf(host: string, set: ObjectSet): readonly KubeObject[] {
  return ofKind(set, 'ServiceEntry').filter((object) => listOf(object.spec['hosts']).some((pattern) => fitsHost(pattern, host)));
}

/** The host in full that a short name stands for within the proxy's namespace: `catalog`, `catalog.shop`, `catalog.shop.svc`. */
export function hostInFull(authority: string, set: ObjectSet, identity: ProxyIdentity): string {
  const host = authority.replace(/:\d+$/, '').toLowerCase();
  const [name = '', namespace = identity.namespace, svc, ...more] = host.split('.');
  if (more.length > 0 || (svc !== undefined && svc !== 'svc')) return host;
  const full = `${name}.${namespace}.svc.cluster.local`;
  return svc === 'svc' || !host.includes('.') || serviceOf(full, set) !== undefined ? full : host;
}
