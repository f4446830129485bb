import { Failure } from '../../dump/failure.ts';
import type { KubeApi } from './kube-api.ts';
import { KubeStatusFailure } from './kube-failure.ts';

/** A kind of object that decides what a proxy gets. */
interface ObjectKind {
  readonly kind: string;
  readonly resource: string;
  readonly group: string;
  /** Those that may be served, the newest first. */
  readonly versions: readonly string[];
  /** Only those of the namespaces in question are read: a mesh has thousands of them. */
  readonly isOfNamespaces?: boolean;
}

const ISTIO = ['v1', 'v1beta1', 'v1alpha3'];
const networking = (kind: string, resource: string): ObjectKind => ({ kind, resource, group: 'networking.istio.io', versions: ISTIO });
const gatewayApi = (kind: string, resource: string): ObjectKind => ({
  kind,
  resource,
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1beta1', 'v1alpha2'],
});

/** What `--objects live` reads, and docs/role.yaml allows. */
export const OBJECT_KINDS: readonly ObjectKind[] = [
  networking('VirtualService', 'virtualservices'),
  networking('DestinationRule', 'destinationrules'),
  networking('Gateway', 'gateways'),
  networking('ServiceEntry', 'serviceentries'),
  networking('Sidecar', 'sidecars'),
  { kind: 'PeerAuthentication', resource: 'peerauthentications', group: 'security.istio.io', versions: ['v1', 'v1beta1'] },
  gatewayApi('Gateway', 'gateways'),
  gatewayApi('HTTPRoute', 'httproutes'),
  gatewayApi('GRPCRoute', 'grpcroutes'),
  { kind: 'Service', resource: 'services', group: '', versions: ['v1'] },
  { kind: 'Pod', resource: 'pods', group: '', versions: ['v1'], isOfNamespaces: true },
  { kind: 'EndpointSlice', resource: 'endpointslices', group: 'discovery.k8s.io', versions: ['v1', 'v1beta1'], isOfNamespaces: true },
];

/** Objects as the API server gives them, with their kind; and the kinds of which not all could be read, each with why. */
export interface ReadObjects {
  readonly objects: readonly object[];
  readonly unread: readonly { readonly kind: string; readonly why: string }[];
}

/**
 * Reads the objects of all namespaces; where the role forbids that, those of the namespaces in question that it allows. A kind that the cluster
 * does not have has no objects; one of which something may not be read is named. Throws Failure PC110x where nothing can be had.
 */
export async function readKubeObjects(api: KubeApi, namespaces: readonly string[]): Promise<ReadObjects> {
  const objects: object[] = [];
  const unread = new Map<string, string>();
  await Promise.all(
    OBJECT_KINDS.map(async (kind) => {
      const refused = (error: unknown): void => {
        // Of a server that cannot be reached, or that takes no credentials, every list says the same.
        if (!(error instanceof KubeStatusFailure) || error.id === 'PC1104') throw error;
        if (!unread.has(kind.kind)) unread.set(kind.kind, error.message);
      };
      for (const list of await listKind(api, kind, namespaces).catch((error: unknown) => [error])) {
        if (Array.isArray(list)) objects.push(...(list as object[]));
        else refused(list);
      }
    }),
  );
  return { objects, unread: [...unread].map(([kind, why]) => ({ kind, why })) };
}

/** The lists of a kind: one of all namespaces, or one for each namespace, with the error in place of one that is refused. */
async function listKind(api: KubeApi, kind: ObjectKind, namespaces: readonly string[]): Promise<readonly unknown[]> {
  for (const version of kind.versions) {
    const list = (namespace: string | undefined): Promise<readonly object[]> => listVersion(api, kind, version, namespace);
    try {
      if (kind.isOfNamespaces !== true) return [await list(undefined)];
    } catch (error) {
      // The version is not served, or the kind is not installed.
      if (error instanceof Failure && error.id === 'PC1106') continue;
      if (!(error instanceof Failure) || error.id !== 'PC1105') throw error;
    }
    const lists = await Promise.all(namespaces.map((namespace) => list(namespace).catch((error: unknown) => error)));
    if (!lists.every((one) => one instanceof Failure && one.id === 'PC1106')) return lists;
  }
  return [];
}

async function listVersion(api: KubeApi, kind: ObjectKind, version: string, namespace: string | undefined): Promise<readonly object[]> {
  const { resource, group } = kind;
  const items = await api.list<object>({ verb: 'list', resource, group, namespace, version });
  return items.map((item) => ({ ...item, kind: kind.kind, apiVersion: group === '' ? version : `${group}/${version}` }));
}
