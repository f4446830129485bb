import type { DocumentKind, DumpDocument } from '../dump/dump-document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../dump/json-value.ts';
import { parseAt } from '../dump/outline-members.ts';
import type { Bootstrap } from '../model/generated/envoy-api.ts';
import type { Message } from '../model/message.ts';
import type { AdminDocument, ProxyConfig, Runtime } from '../model/proxy-config.ts';
import type { Resource, ResourceKind } from '../model/resource.ts';
import { type DecodeIssue, decodeMessage } from './decode-message.ts';
import { LazyResource } from './decode-resource.ts';

type Notes = ProxyConfig['notes'];

/**
 * Puts the documents of one proxy together. Resources are not decoded here; admin outputs that are read as a whole are.
 * In: what the proxy is called, its documents, what is to be said besides.
 */
export function buildProxyConfig(label: string, documents: readonly DumpDocument[], besides: Notes = []): ProxyConfig {
  const resources = new Map<ResourceKind, LazyResource<Message>[]>();
  const sections = new Set<ResourceKind>();
  const partial = new Set<ResourceKind>();
  for (const document of documents) {
    for (const kind of document.kinds) sections.add(kind);
    for (const kind of document.partial) partial.add(kind);
    for (const seed of document.seeds) {
      const list = resources.get(seed.kind) ?? [];
      list.push(new LazyResource(seed));
      resources.set(seed.kind, list);
    }
  }
  // A part of a kind is no longer a part where another document shows the whole of it.
  for (const document of documents) for (const kind of document.kinds) if (!document.partial.has(kind)) partial.delete(kind);
  const of = <T extends Message>(kind: ResourceKind): readonly Resource<T>[] => (resources.get(kind) ?? []) as unknown as readonly Resource<T>[];
  const admin = new AdminReader(documents);
  return {
    label,
    bootstrap: of<Bootstrap>('bootstrap')[0],
    listeners: of('listener'),
    routeConfigs: of('route_config'),
    scopedRoutes: of('scoped_routes'),
    clusters: of('cluster'),
    endpoints: of('endpoint'),
    secrets: of('secret'),
    ecds: of('ecds'),
    sections,
    partial,
    clusterStatuses: admin.message('clusters', 'envoy.admin.v3.Clusters', 'cluster_statuses'),
    listenerStatuses: admin.message('listeners', 'envoy.admin.v3.Listeners', 'listener_statuses'),
    certificates: admin.message('certs', 'envoy.admin.v3.Certificates', 'certificates'),
    serverInfo: admin.message('server_info', 'envoy.admin.v3.ServerInfo'),
    runtime: admin.runtime(),
    notes: [...documents.flatMap((d) => d.notes.map((note) => ({ ...note, document: d.label }))), ...besides, ...admin.notes],
  };
}

/** Reads the documents that are one message each. */
class AdminReader {
  readonly notes: Notes[number][] = [];
  private readonly documents: readonly DumpDocument[];

  constructor(documents: readonly DumpDocument[]) {
    this.documents = documents;
  }

  /** In: the kind of document, its message, and the field that a bare list of its entries (from istioctl) stands for. */
  message<T extends Message>(kind: DocumentKind, type: string, list?: string): AdminDocument<T> | undefined {
    const found = this.json(kind);
    if (found === undefined) return undefined;
    const { document, json } = found;
    const issues: DecodeIssue[] = [];
    const whole = Array.isArray(json) && list !== undefined ? { [list]: json as JsonValue } : json;
    const value = decodeMessage(type, whole, document.path, issues) as T;
    for (const issue of issues) this.notes.push({ id: 'PC1036', ...issue, document: document.label });
    return { document: document.label, path: document.path, value, raw: () => rawOf(document) };
  }

  runtime(): AdminDocument<Runtime> | undefined {
    const found = this.json('runtime');
    return found !== undefined && isRuntime(found.json)
      ? { document: found.document.label, path: found.document.path, value: found.json as Runtime, raw: () => rawOf(found.document) }
      : undefined;
  }

  private json(kind: DocumentKind): { readonly document: DumpDocument; readonly json: JsonValue } | undefined {
    const document = this.documents.find((d) => d.kind === kind && d.root !== undefined);
    return document?.root === undefined ? undefined : { document, json: parseAt(document.source, document.root) };
  }
}

function rawOf({ source, root }: DumpDocument): Uint8Array {
  return root === undefined ? new Uint8Array() : source.read(root.start, root.end);
}

/** Whether the entries are as Runtime has them; only then it is used. */
function isRuntime(json: JsonValue): json is JsonObject {
  if (!isJsonObject(json) || !isJsonObject(json['entries']) || !Array.isArray(json['layers'])) return false;
  return Object.values(json['entries']).every(
    (entry) => isJsonObject(entry) && typeof entry['final_value'] === 'string' && Array.isArray(entry['layer_values']),
  );
}
