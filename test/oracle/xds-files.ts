import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** What a control plane would send, by kind. Each resource is proto3 JSON without `@type`. */
export interface XdsResources {
  readonly listeners?: readonly JsonObject[];
  readonly clusters?: readonly JsonObject[];
  readonly routes?: readonly JsonObject[];
  readonly endpoints?: readonly JsonObject[];
  readonly secrets?: readonly JsonObject[];
}

const TYPES = {
  listeners: 'envoy.config.listener.v3.Listener',
  clusters: 'envoy.config.cluster.v3.Cluster',
  routes: 'envoy.config.route.v3.RouteConfiguration',
  endpoints: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
  secrets: 'envoy.extensions.transport_sockets.tls.v3.Secret',
} as const;

/** Where the files stand, relative to Envoy's working directory, so that dumps name no machine's paths. */
export const XDS_FOLDER = 'etc/istio/proxy';

/** A file subscription for all listeners (`lds`), all clusters (`cds`), or one named route config, assignment or secret. */
export function configSource(kind: 'lds' | 'cds' | 'rds' | 'eds' | 'sds', name = '', initialFetchTimeout = '5s'): JsonObject {
  return {
    resource_api_version: 'V3',
    initial_fetch_timeout: initialFetchTimeout,
    path_config_source: { path: `./${XDS_FOLDER}/${fileName(kind, name)}` },
  };
}

/**
 * Writes the discovery responses that `configSource` points at, below `directory`. Envoy takes up a file when it is moved into
 * place, so a second call with a higher version is an update. Envoy refuses subscriptions to files that are not there:
 * `expected` names route configs, assignments and secrets that get an empty response.
 */
export function writeXdsFiles(directory: string, resources: XdsResources, version = '1', expected: readonly ['rds' | 'eds' | 'sds', string][] = []): void {
  mkdirSync(join(directory, XDS_FOLDER), { recursive: true });
  const write = (kind: Parameters<typeof configSource>[0], name: string, type: string, list: readonly JsonObject[]): void => {
    const target = join(directory, XDS_FOLDER, fileName(kind, name));
    const response = {
      version_info: version,
      type_url: `type.googleapis.com/${type}`,
      resources: list.map((r) => ({ '@type': `type.googleapis.com/${type}`, ...r })),
    };
    writeFileSync(`${target}.new`, JSON.stringify(response, null, 1));
    renameSync(`${target}.new`, target);
  };
  const KINDS = { rds: TYPES.routes, eds: TYPES.endpoints, sds: TYPES.secrets };
  for (const [kind, name] of expected) write(kind, name, KINDS[kind], []);
  for (const secret of resources.secrets ?? []) write('sds', String(secret['name']), TYPES.secrets, [secret]);
  for (const assignment of resources.endpoints ?? []) write('eds', String(assignment['cluster_name']), TYPES.endpoints, [assignment]);
  for (const route of resources.routes ?? []) write('rds', String(route['name']), TYPES.routes, [route]);
  if (resources.clusters) write('cds', '', TYPES.clusters, resources.clusters);
  if (resources.listeners) write('lds', '', TYPES.listeners, resources.listeners);
}

/** Writes the bootstrap file and returns its path relative to the directory. */
export function writeBootstrap(directory: string, bootstrap: JsonObject): string {
  mkdirSync(join(directory, XDS_FOLDER), { recursive: true });
  const path = `${XDS_FOLDER}/envoy-rev.json`;
  writeFileSync(join(directory, path), JSON.stringify(bootstrap, null, 1));
  return path;
}

function fileName(kind: string, name: string): string {
  return name === '' ? `${kind}.json` : `${kind}-${name.replace(/[^A-Za-z0-9.@-]+/g, '_')}.json`;
}
