import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProxy } from '../../../src/cli/load-proxy.ts';
import { AccessLog, accessLog } from '../access-log.ts';
import { ADMIN_OUTPUTS, type Deployment } from '../deploy.ts';
import { startEnvoy } from '../envoy-process.ts';
import type { TestBed } from '../test-bed.ts';
import { configSource, type Json, type JsonObject, writeBootstrap, writeXdsFiles } from '../xds-files.ts';

/** Parts of a configuration that would make Envoy ask for names or dial addresses beyond loopback, or that no file can deliver. */
const NOT_HERE = ['dynamic_forward_proxy', 'scoped_rds', 'grpc_services', 'api_config_source'];

/** Why a recorded dump cannot be served anew; undefined where it can. */
export function whyNotServed(text: string): string | undefined {
  // The node lists every extension that Envoy was built with.
  const dump = JSON.stringify(JSON.parse(text), (key, value: unknown) => (key === 'node' ? undefined : value));
  const found = NOT_HERE.find((word) => dump.includes(word));
  if (found !== undefined) return found;
  // Such a cluster dials what the client names: only one that is bound to loopback gets nowhere else.
  if (clustersOf(text).some((c) => c.type === 'ORIGINAL_DST' && c.upstream_bind_config?.source_address?.address !== '127.0.0.1')) return 'ORIGINAL_DST';
  const far = endpointAddresses(text).find((address) => !isLoopback(address));
  return far === undefined ? undefined : `the address ${far}`;
}

interface BoundCluster {
  readonly type?: string;
  readonly upstream_bind_config?: { readonly source_address?: { readonly address?: string } };
}

function clustersOf(text: string): BoundCluster[] {
  const found: BoundCluster[] = [];
  JSON.parse(text, (key, value: BoundCluster & { clusters?: BoundCluster[] }) => {
    if (key === 'cluster' && typeof value === 'object') found.push(value);
    if (key === 'static_resources') found.push(...(value.clusters ?? []));
    return value;
  });
  return found;
}

/** The addresses that Envoy would dial; those that it listens on, or is told of, may be any. */
function endpointAddresses(text: string): string[] {
  const found: string[] = [];
  JSON.parse(text, (key, value: unknown) => {
    if (key === 'lb_endpoints') for (const [, address] of JSON.stringify(value).matchAll(/"address":"([^"]*)"/g)) found.push(address ?? '');
    return value;
  });
  return found;
}

const isLoopback = (address: string): boolean => /^(127\.|::1$|localhost$)/.test(address);

/**
 * Starts an Envoy with the configuration that a recorded dump shows: its dynamic resources by files, its own access log and
 * certificate in place of those that were there. The upstreams keep their ports.
 */
export async function redeployDump(caseDirectory: string, bed: TestBed): Promise<Deployment> {
  const sections = (JSON.parse(readFileSync(join(caseDirectory, 'config_dump.json'), 'utf8')) as { configs: JsonObject[] }).configs;
  const section = (name: string): JsonObject => sections.find((s) => String(s['@type']).endsWith(`.${name}`)) ?? {};
  const active = (name: string, list: string, resource: string): JsonObject[] =>
    ((section(name)[list] ?? []) as JsonObject[]).flatMap((entry) => {
      const holder = resource === 'listener' ? (entry['active_state'] as JsonObject | undefined) : entry;
      const found = holder?.[resource] as JsonObject | undefined;
      return found === undefined ? [] : [served(found, bed)];
    });
  const clusters = active('ClustersConfigDump', 'dynamic_active_clusters', 'cluster');
  const listeners = active('ListenersConfigDump', 'dynamic_listeners', 'listener');
  const routes = active('RoutesConfigDump', 'dynamic_route_configs', 'route_config');
  const wanted = new Set(clusters.filter((c) => c['type'] === 'EDS').map(edsName));
  const endpoints = active('EndpointsConfigDump', 'dynamic_endpoint_configs', 'endpoint_config').filter((e) => wanted.has(String(e['cluster_name'])));
  const bootstrap = section('BootstrapConfigDump')['bootstrap'] as JsonObject;

  const directory = mkdtempSync(join(tmpdir(), 'pc-replay-'));
  const rds = [...JSON.stringify(listeners).matchAll(/"route_config_name":"([^"]*)"/g)].map(([, name]) => ['rds', name ?? ''] as ['rds', string]);
  writeXdsFiles(directory, { listeners, clusters, routes, endpoints }, '1', [...rds, ...[...wanted].map((name) => ['eds', name] as ['eds', string])]);
  const file = writeBootstrap(directory, {
    node: { id: 'replay', cluster: 'replay' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    dynamic_resources: { lds_config: configSource('lds'), cds_config: configSource('cds') },
    ...(bootstrap['layered_runtime'] === undefined ? {} : { layered_runtime: bootstrap['layered_runtime'] }),
    ...(bootstrap['static_resources'] === undefined ? {} : { static_resources: served(bootstrap['static_resources'] as JsonObject, bed) }),
  });
  const envoy = await startEnvoy({ binary: bed.envoy, directory, bootstrap: file });
  const dumps = join(directory, 'dumps');
  mkdirSync(dumps);
  for (const [name, path] of Object.entries(ADMIN_OUTPUTS)) writeFileSync(join(dumps, name), await envoy.admin(path));
  return {
    envoy,
    proxy: await loadProxy({ files: [dumps] }),
    dumps,
    log: new AccessLog(join(directory, 'access.log')),
    aim: (_, request) => request,
    stop: async () => {
      await envoy.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const LOGS: Readonly<Record<string, 'http' | 'tcp'>> = {
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': 'http',
  'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy': 'tcp',
};

/** The resource as it can be served here: file subscriptions, logs and keys of our own. */
function served(resource: JsonObject, bed: TestBed): JsonObject {
  return change(resource) as JsonObject;

  function change(value: Json): Json {
    if (Array.isArray(value)) return value.map(change);
    if (value === null || typeof value !== 'object') return value;
    const object = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member)])) as JsonObject;
    // A static listener stands without its type.
    const log = LOGS[String(object['@type']).replace('type.googleapis.com/', '')] ?? (object['filter_chains'] === undefined ? undefined : 'listener');
    if (log !== undefined) object['access_log'] = accessLog(log);
    if (isObject(object['rds'])) object['rds'] = { ...object['rds'], config_source: configSource('rds', String(object['rds']['route_config_name'])) };
    if (isObject(object['eds_cluster_config']))
      object['eds_cluster_config'] = { ...object['eds_cluster_config'], eds_config: configSource('eds', edsName(object)) };
    if (object['private_key'] !== undefined && object['certificate_chain'] !== undefined) {
      object['private_key'] = { inline_string: bed.certificate.key };
      object['certificate_chain'] = { inline_string: bed.certificate.cert };
    }
    return object;
  }
}

function edsName(cluster: JsonObject): string {
  const eds = cluster['eds_cluster_config'];
  return String((isObject(eds) && eds['service_name']) || cluster['name']);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
