import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource, ResourceKind } from '../model/resource.ts';

/** The discovery services, in the order in which Envoy warms up. */
export const DISCOVERY = ['CDS', 'LDS', 'EDS', 'RDS', 'SDS', 'ECDS'] as const;
export type DiscoveryType = (typeof DISCOVERY)[number];

/** Stats by name, as /stats?format=json has them. */
export type Stats = ReadonlyMap<string, number | string>;

/** A resource whose last update the proxy did not take. */
export interface RejectedUpdate {
  readonly type: DiscoveryType;
  readonly name: string;
  readonly details: string;
  readonly version: string | undefined;
  readonly lastAttempt: string | undefined;
}

/** How one proxy holds what one discovery service gave it. */
export interface TypeStatus {
  readonly type: DiscoveryType;
  /** `ACKED`, `NACKED`, `WARMING`, `WAITING` (asked for, not received), or undefined where the proxy has none of it. */
  readonly state: 'ACKED' | 'NACKED' | 'WARMING' | 'WAITING' | undefined;
  readonly resources: number;
  readonly warming: number;
  readonly rejected: number;
  /** Updates that were refused since the start, where the stats are known. */
  readonly updatesRejected: number | undefined;
  /** The version that most resources have, and the time of the newest. */
  readonly version: string | undefined;
  readonly lastUpdated: string | undefined;
}

export interface ProxyStatus {
  readonly proxy: string;
  readonly types: readonly TypeStatus[];
  readonly rejected: readonly RejectedUpdate[];
  /** Undefined where the stats are not known. */
  readonly connected: boolean | undefined;
  /** What the control plane calls itself. */
  readonly controlPlane: string | undefined;
}

const KINDS: Readonly<Record<DiscoveryType, ResourceKind>> = {
  CDS: 'cluster',
  LDS: 'listener',
  EDS: 'endpoint',
  RDS: 'route_config',
  SDS: 'secret',
  ECDS: 'ecds',
};

const COUNTERS: Readonly<Record<DiscoveryType, RegExp>> = {
  CDS: /^cluster_manager\.cds\.update_(\w+)$/,
  LDS: /^listener_manager\.lds\.update_(\w+)$/,
  EDS: /^cluster\.(?!.*\.sds\.).+\.update_(\w+)$/,
  RDS: /^http\..+\.rds\..+\.update_(\w+)$/,
  SDS: /(?:^|\.)sds\..+\.update_(\w+)$/,
  ECDS: /(?:^|\.)extension_config_discovery\..+\.(?:update|config)_(\w+)$/,
};

/** What a proxy itself says of its dynamic configuration: its dump's states, versions and errors, and its counters. */
export function proxyStatus(proxy: ProxyConfig, stats: Stats | undefined): ProxyStatus {
  const lists: Readonly<Record<DiscoveryType, readonly Resource[]>> = {
    CDS: proxy.clusters,
    LDS: proxy.listeners,
    EDS: proxy.endpoints,
    RDS: proxy.routeConfigs,
    SDS: proxy.secrets,
    ECDS: proxy.ecds,
  };
  const rejected: RejectedUpdate[] = [];
  const types = DISCOVERY.map((type): TypeStatus => {
    const dynamic = lists[type].filter((resource) => resource.state !== 'static');
    const refused = dynamic.filter((resource) => resource.rejection !== undefined || resource.clientStatus === 'NACKED');
    for (const resource of uniqueByName(refused)) rejected.push(rejectionOf(type, resource));
    return { type, ...typeStatus(dynamic, new Set(refused.map((resource) => resource.name)).size), ...counted(type, stats, dynamic.length) };
  });
  const connected = stats?.get('control_plane.connected_state');
  const identifier = stats?.get('control_plane.identifier');
  return {
    proxy: proxy.label,
    types,
    rejected,
    connected: connected === undefined ? undefined : connected === 1,
    controlPlane: typeof identifier === 'string' && identifier !== '' ? controlPlaneName(identifier) : undefined,
  };
}

/** The kinds that a status is made of. */
export const STATUS_KINDS: readonly ResourceKind[] = Object.values(KINDS);

function typeStatus(dynamic: readonly Resource[], rejected: number): Omit<TypeStatus, 'type' | 'updatesRejected'> {
  const held = dynamic.filter((resource) => resource.state !== 'error' && resource.state !== 'draining');
  const warming = held.filter((resource) => resource.state === 'warming').length;
  const waiting = held.some((resource) => resource.clientStatus === 'REQUESTED' || resource.clientStatus === 'TIMEOUT');
  const state = rejected > 0 ? 'NACKED' : warming > 0 ? 'WARMING' : waiting ? 'WAITING' : held.length > 0 ? 'ACKED' : undefined;
  const versions = new Map<string, number>();
  for (const { version } of held) if (version !== undefined && version !== '') versions.set(version, (versions.get(version) ?? 0) + 1);
  const [version] = [...versions].sort((a, b) => b[1] - a[1])[0] ?? [];
  const lastUpdated = held
    .map((resource) => resource.lastUpdated)
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
  return {
    state,
    resources: new Set(dynamic.filter((resource) => resource.state !== 'draining').map((resource) => resource.name)).size,
    warming,
    rejected,
    version,
    lastUpdated,
  };
}

/** What the counters add. EDS is not in a dump with its state, so its counters alone tell of it where it was left out. */
function counted(type: DiscoveryType, stats: Stats | undefined, inDump: number): Partial<TypeStatus> & { readonly updatesRejected: number | undefined } {
  if (stats === undefined) return { updatesRejected: undefined };
  let updatesRejected = 0;
  const accepted = new Set<string>();
  for (const [name, value] of stats) {
    const counter = COUNTERS[type].exec(name)?.[1];
    if (counter === undefined || typeof value !== 'number') continue;
    if (/^(?:rejected|fail)$/.test(counter)) updatesRejected += counter === 'rejected' || type === 'ECDS' ? value : 0;
    if (counter === 'success' && value > 0) accepted.add(name);
  }
  if (type !== 'EDS' || inDump > 0 || accepted.size === 0) return { updatesRejected };
  return { updatesRejected, resources: accepted.size, state: 'ACKED' };
}

function rejectionOf(type: DiscoveryType, resource: Resource): RejectedUpdate {
  const { details = '', version, lastAttempt } = resource.rejection ?? {};
  return { type, name: resource.name, details, version, lastAttempt };
}

function uniqueByName(resources: readonly Resource[]): readonly Resource[] {
  const byName = new Map<string, Resource>();
  for (const resource of resources) if (byName.get(resource.name)?.rejection === undefined) byName.set(resource.name, resource);
  return [...byName.values()];
}

/** Istio's control plane calls itself by a JSON document. */
export function controlPlaneName(identifier: string): string {
  try {
    const { Component, ID, Info } = JSON.parse(identifier) as { Component?: string; ID?: string; Info?: { version?: string } };
    return ID ?? [Component, Info?.version].filter((part) => part !== undefined).join(' ') ?? identifier;
  } catch {
    return identifier;
  }
}
