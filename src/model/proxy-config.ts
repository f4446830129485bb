import type { DocumentNote } from '../dump/dump-document.ts';
import type { DumpPath } from '../dump/dump-path.ts';
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
} from './generated/envoy-api.ts';
import type { Resource, ResourceKind } from './resource.ts';

/** A whole document read as one message, with its place. */
export interface AdminDocument<T> {
  readonly document: string;
  readonly path: DumpPath;
  readonly value: T;
  /** The document's own bytes of it. */
  raw(): Uint8Array;
}

/** What `/runtime` answers. Source: Envoy's source/server/admin/runtime_handler.cc (it has no message). */
export interface Runtime {
  readonly layers?: readonly string[];
  /** By key: the value that holds, and the value in each layer ('' where a layer has none). */
  readonly entries?: Readonly<Record<string, { readonly final_value?: string; readonly layer_values?: readonly string[] }>>;
}

/** The messages of the kinds that are looked up by name. */
export interface KindMessages {
  readonly listener: Listener;
  readonly route_config: RouteConfiguration;
  readonly cluster: Cluster;
  readonly endpoint: ClusterLoadAssignment;
  readonly secret: Secret;
}
export type NamedKind = keyof KindMessages;

/** Everything that the input says about one proxy. Resources keep the order of the dump; nothing is left out. */
export interface ProxyConfig {
  /** What the user calls this proxy: a file, an archive's member folder, a pod. */
  readonly label: string;
  readonly bootstrap: Resource<Bootstrap> | undefined;
  readonly listeners: readonly Resource<Listener>[];
  readonly routeConfigs: readonly Resource<RouteConfiguration>[];
  readonly scopedRoutes: readonly Resource<ScopedRouteConfiguration>[];
  readonly clusters: readonly Resource<Cluster>[];
  /** EDS and static assignments of the dump, by `cluster_name`. */
  readonly endpoints: readonly Resource<ClusterLoadAssignment>[];
  readonly secrets: readonly Resource<Secret>[];
  readonly ecds: readonly Resource<TypedExtensionConfig>[];
  /** The resources of a kind and name, in whatever state, in the order of the dump: of a large dump only these are looked at. */
  named<K extends NamedKind>(kind: K, name: string): readonly Resource<KindMessages[K]>[];
  /**
   * The resources of a kind whose name may hold a text, letter case aside, in the order of the dump: all that do, and maybe others. Of a large
   * dump most others are not looked at.
   */
  mayHold<K extends NamedKind>(kind: K, text: string): readonly Resource<KindMessages[K]>[];
  /** The resources of a document whose entry holds the place, or stands at it. */
  around(document: string, path: DumpPath): readonly Resource[];
  /** The kinds that the input has a section for, be it empty. A kind that is not here is unknown, not absent. */
  readonly sections: ReadonlySet<ResourceKind>;
  /** Of these, the kinds of which the proxy may have more than the input shows: what xDS brings to a bootstrap, the rest of `?resource=`. */
  readonly partial: ReadonlySet<ResourceKind>;
  readonly clusterStatuses: AdminDocument<Clusters> | undefined;
  readonly listenerStatuses: AdminDocument<Listeners> | undefined;
  readonly certificates: AdminDocument<Certificates> | undefined;
  readonly serverInfo: AdminDocument<ServerInfo> | undefined;
  readonly runtime: AdminDocument<Runtime> | undefined;
  readonly notes: readonly (DocumentNote & { readonly document: string })[];
}
