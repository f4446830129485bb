import type { DocumentKind, DumpDocument } from '../dump/dump-document.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../dump/json-value.ts';
import { parseAt } from '../dump/outline-members.ts';
import type {
  Bootstrap,
  Certificates,
  Cluster,
  ClusterLoadAssignment,
  Clusters,
  Listener,
  Listeners,
  RouteConfiguration,
  ScopedRouteConfiguration,
  Secret,
  ServerInfo,
  TypedExtensionConfig,
} from '../model/generated/envoy-api.ts';
import type { Message } from '../model/message.ts';
import type { AdminDocument, ProxyConfig, Runtime } from '../model/proxy-config.ts';
import type { ResourceKind } from '../model/resource.ts';
import { type DecodeIssue, decodeMessage } from './decode-message.ts';
import { ResourceLists } from './resource-lists.ts';

type Notes = ProxyConfig['notes'];

/**
 * Puts the documents of one proxy together. Resources are not decoded here; admin outputs that are read as a whole are.
 * In: what the proxy is called, its documents, what is to be said besides.
 */
export function buildProxyConfig(label: string, documents: readonly DumpDocument[], besides: Notes = []): ProxyConfig {
  const sections = new Set<ResourceKind>();
  const partial = new Set<ResourceKind>();
  for (const document of documents) {
    for (const kind of document.kinds) sections.add(kind);
    for (const kind of document.partial) partial.add(kind);
  }
  // A part of a kind is no longer a part where another document shows the whole of it.
  for (const document of documents) for (const kind of document.kinds) if (!document.partial.has(kind)) partial.delete(kind);
  const admin = new AdminReader(documents);
  const clusterStatuses = admin.message<Clusters>('clusters', 'envoy.admin.v3.Clusters', 'cluster_statuses');
  const listenerStatuses = admin.message<Listeners>('listeners', 'envoy.admin.v3.Listeners', 'listener_statuses');
  const certificates = admin.message<Certificates>('certs', 'envoy.admin.v3.Certificates', 'certificates');
  const serverInfo = admin.message<ServerInfo>('server_info', 'envoy.admin.v3.ServerInfo');
  const runtime = admin.runtime();
  const notes = [...documents.flatMap((d) => d.notes.map((note) => ({ ...note, document: d.label }))), ...besides, ...admin.notes];
  const resources = new ResourceLists(documents, notes);
  return {
    label,
    get bootstrap() {
      return resources.of<Bootstrap>('bootstrap')[0];
    },
    get listeners() {
      return resources.of<Listener>('listener');
    },
    get routeConfigs() {
      return resources.of<RouteConfiguration>('route_config');
    },
    get scopedRoutes() {
      return resources.of<ScopedRouteConfiguration>('scoped_routes');
    },
    get clusters() {
      return resources.of<Cluster>('cluster');
    },
    get endpoints() {
      return resources.of<ClusterLoadAssignment>('endpoint');
    },
    get secrets() {
      return resources.of<Secret>('secret');
    },
    get ecds() {
      return resources.of<TypedExtensionConfig>('ecds');
    },
    named: (kind, name) => resources.named(kind, name),
    mayHold: (kind, text) => resources.mayHold(kind, text),
    around: (document, path) => resources.around(document, path),
    sections,
    partial,
    clusterStatuses,
    listenerStatuses,
    certificates,
    serverInfo,
    runtime,
    notes,
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
