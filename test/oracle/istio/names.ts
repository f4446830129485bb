// The mesh that the snapshots are about: the services, and where on 127.0.0.1 their pods stand while a snapshot is recorded.

export const NAMESPACE = 'istioinaction';
export const CATALOG = 'catalog.istioinaction.svc.cluster.local';
export const WEBAPP = 'webapp.istioinaction.svc.cluster.local';
export const FORUM = 'forum.istioinaction.svc.cluster.local';

/** Cluster name as Istio writes it: direction, service port, DestinationRule subset, host. */
export function outbound(port: number, host: string, subset = ''): string {
  return `outbound|${port}|${subset}|${host}`;
}

/** The pods, by name, with the port of 127.0.0.1 that stands for each while recording. */
export const PODS = {
  'catalog-v1': 13001,
  'catalog-v2': 13002,
  'catalog-v2b': 13003,
  webapp: 13080,
  forum: 13090,
  /** The application behind a catalog sidecar. */
  'catalog-app': 3000,
} as const;

export type PodName = keyof typeof PODS;
