import type { DocumentKind, DumpDocument } from '../dump/dump-document.ts';
import { parseAt } from '../dump/outline-members.ts';
import type { Message } from '../model/message.ts';
import type { AdminDocument, ProxyConfig } from '../model/proxy-config.ts';
import type { Resource, ResourceKind } from '../model/resource.ts';
import { type DecodeIssue, decodeMessage } from './decode-message.ts';
import { LazyResource } from './decode-resource.ts';

const SECTION_KINDS: Readonly<Record<string, ResourceKind>> = {
  'envoy.admin.v3.BootstrapConfigDump': 'bootstrap',
  'envoy.admin.v3.ListenersConfigDump': 'listener',
  'envoy.admin.v3.RoutesConfigDump': 'route_config',
  'envoy.admin.v3.ScopedRoutesConfigDump': 'scoped_routes',
  'envoy.admin.v3.ClustersConfigDump': 'cluster',
  'envoy.admin.v3.EndpointsConfigDump': 'endpoint',
  'envoy.admin.v3.SecretsConfigDump': 'secret',
  'envoy.admin.v3.EcdsConfigDump': 'ecds',
};

/** Puts the documents of one proxy together. Resources are not decoded here. */
export function buildProxyConfig(label: string, documents: readonly DumpDocument[]): ProxyConfig {
  const resources = new Map<ResourceKind, LazyResource<Message>[]>();
  const sections = new Set<ResourceKind>();
  for (const document of documents) {
    for (const section of document.sections) {
      const kind = SECTION_KINDS[section.type];
      if (kind !== undefined) sections.add(kind);
    }
    for (const seed of document.seeds) {
      sections.add(seed.kind);
      const list = resources.get(seed.kind) ?? [];
      list.push(new LazyResource(seed));
      resources.set(seed.kind, list);
    }
  }
  const of = <T extends Message>(kind: ResourceKind): readonly Resource<T>[] => (resources.get(kind) ?? []) as unknown as readonly Resource<T>[];
  return {
    label,
    bootstrap: of<import('../model/generated/envoy-api.ts').Bootstrap>('bootstrap')[0],
    listeners: of('listener'),
    routeConfigs: of('route_config'),
    scopedRoutes: of('scoped_routes'),
    clusters: of('cluster'),
    endpoints: of('endpoint'),
    secrets: of('secret'),
    ecds: of('ecds'),
    sections,
    clusterStatuses: adminDocument(documents, 'clusters', 'envoy.admin.v3.Clusters'),
    listenerStatuses: adminDocument(documents, 'listeners', 'envoy.admin.v3.Listeners'),
    certificates: adminDocument(documents, 'certs', 'envoy.admin.v3.Certificates'),
    serverInfo: adminDocument(documents, 'server_info', 'envoy.admin.v3.ServerInfo'),
    notes: documents.flatMap((d) => d.notes.map((note) => ({ ...note, document: d.label }))),
  };
}

function adminDocument<T extends Message>(documents: readonly DumpDocument[], kind: DocumentKind, type: string): AdminDocument<T> | undefined {
  const document = documents.find((d) => d.kind === kind);
  if (document?.root === undefined) return undefined;
  const issues: DecodeIssue[] = [];
  return { document: document.label, path: [], value: decodeMessage(type, parseAt(document.source, document.root), [], issues) as T };
}
