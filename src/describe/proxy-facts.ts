import { isJsonObject, type JsonValue } from '../dump/json-value.ts';
import type { Listener, Node } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { type Resource, serves } from '../model/resource.ts';

/** Of the names of one kind, so many are looked at for what they tell. */
const LOOKED_AT = 500;

/** What every part of a description asks a proxy for. Built once. */
export interface ProxyFacts {
  readonly proxy: ProxyConfig;
  /** The bootstrap's node, else that of `/server_info`; `{}` where there is none. */
  readonly node: Node;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  /** Listeners that serve: active and static ones. */
  readonly listeners: readonly Resource<Listener>[];
  readonly listenerNames: readonly string[];
  readonly clusterNames: readonly string[];
  readonly routeConfigNames: readonly string[];
  readonly secretNames: readonly string[];
}

export function proxyFacts(proxy: ProxyConfig): ProxyFacts {
  const node = proxy.bootstrap?.value.node ?? proxy.serverInfo?.value.node ?? {};
  const statuses = proxy.clusterStatuses?.value.cluster_statuses ?? [];
  const listed = proxy.listenerStatuses?.value.listener_statuses ?? [];
  const names = (resources: readonly { readonly name?: string }[]): string[] => resources.slice(0, LOOKED_AT).map((resource) => resource.name ?? '');
  return {
    proxy,
    node,
    metadata: isJsonObject(node.metadata) ? node.metadata : {},
    listeners: proxy.listeners.filter(serves),
    listenerNames: [...names(proxy.listeners), ...names(listed)],
    clusterNames: [...names(proxy.clusters), ...names(statuses)],
    routeConfigNames: names(proxy.routeConfigs),
    secretNames: names(proxy.secrets),
  };
}

/** A text of the node's metadata; undefined where it has none under that key. */
export function metadataText({ metadata }: Pick<ProxyFacts, 'metadata'>, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = metadata[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** A member of an object within the metadata: `['PROXY_CONFIG', 'discoveryAddress']`. */
export function metadataAt({ metadata }: Pick<ProxyFacts, 'metadata'>, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = metadata;
  for (const key of path) value = isJsonObject(value) ? value[key] : undefined;
  return value;
}
