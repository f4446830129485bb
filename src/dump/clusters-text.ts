import { addressJson } from './address-json.ts';
import { type JsonObject, type JsonValue, ownMember, setMember } from './json-value.ts';

/** A line that only `/clusters` has. */
const CLUSTER_LINE = /^.+::(?:default_priority|high_priority)::max_\w+::\d+$|^.+::added_via_api::(?:true|false)$|^.+::observability_name::/;
const OWN_LINE = /^(.+?)::(added_via_api|observability_name|eds_service_name)::(.*)$/;
const BREAKER_LINE = /^(.+?)::(default|high)_priority::(max_\w+)::(\d+)$/;
const OUTLIER_LINE = /^(.+?)::outlier::(\w+)::(.*)$/;
const HOST_LINE =
  /^(.+?)::(hostname|health_flags|weight|region|zone|sub_zone|canary|priority|success_rate|local_origin_success_rate|[cr][xq]_\w+)::(.*)$|^(.+)::(\w+)::(.*)$/;

/** The host flags that `/clusters` spells, and the fields of HostHealthStatus. Source: Envoy's HEALTH_FLAG_ENUM_VALUES and clusters_handler.cc. */
const FLAGS: Readonly<Record<string, readonly [field: string, value: JsonValue]>> = {
  failed_active_hc: ['failed_active_health_check', true],
  failed_outlier_check: ['failed_outlier_check', true],
  failed_eds_health: ['eds_health_status', 'UNHEALTHY'],
  degraded_active_hc: ['failed_active_degraded_check', true],
  degraded_eds_health: ['eds_health_status', 'DEGRADED'],
  eds_status_draining: ['eds_health_status', 'DRAINING'],
  pending_dynamic_removal: ['pending_dynamic_removal', true],
  pending_active_hc: ['pending_active_hc', true],
  excluded_via_immediate_hc_fail: ['excluded_via_immediate_hc_fail', true],
  active_hc_timeout: ['active_hc_timeout', true],
  degraded_outlier_detection: ['failed_degraded_outlier_detection', true],
};

/** Whether the beginning of a text is the text form of `/clusters`. */
export function isClustersText(head: string): boolean {
  const lines = head.split('\n', 20).filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.some((line) => CLUSTER_LINE.test(line.trimEnd())) && lines.every((line, i) => line.includes('::') || i === lines.length - 1);
}

/**
 * Reads the text form of `/clusters` as the JSON of `envoy.admin.v3.Clusters`. Nothing is left out: a key that the message has no field
 * for stands under its own name. Lines that are not understood come back in `strange`.
 */
export function clustersFromText(text: string): { readonly json: JsonObject; readonly strange: readonly string[] } {
  const clusters = new Map<string, ClusterText>();
  const strange: string[] = [];
  let current: ClusterText | undefined;
  const clusterNamed = (name: string): ClusterText => {
    const known = clusters.get(name) ?? new ClusterText(name);
    clusters.set(name, known);
    return known;
  };
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    if (line === '') continue;
    // Lines of one cluster stand together, so a name that holds `::` is known by the lines before.
    const rest = current !== undefined && line.startsWith(`${current.name}::`) ? line.slice(current.name.length + 2) : undefined;
    const own = OWN_LINE.exec(line) ?? BREAKER_LINE.exec(line) ?? OUTLIER_LINE.exec(line);
    if (own !== null && (rest === undefined || !current?.take(rest))) {
      current = clusterNamed(own[1] as string);
      current.take(line.slice(current.name.length + 2));
    } else if (own === null && (rest === undefined || !current?.takeHost(rest))) {
      strange.push(line);
    }
  }
  return { json: { cluster_statuses: [...clusters.values()].map((cluster) => cluster.json()) }, strange };
}

class ClusterText {
  readonly name: string;
  private readonly own: Record<string, JsonValue> = {};
  private readonly breakers = new Map<string, Record<string, JsonValue>>();
  private readonly hosts = new Map<string, HostText>();

  constructor(name: string) {
    this.name = name;
  }

  /** One line of the cluster itself, without the name before it; false where it is none. */
  take(rest: string): boolean {
    const own = /^(added_via_api|observability_name|eds_service_name)::(.*)$/.exec(rest);
    if (own !== null) {
      if (own[1] !== 'added_via_api') setMember(this.own, own[1] as string, own[2]);
      else if (own[2] === 'true') this.own['added_via_api'] = true;
      return true;
    }
    const breaker = /^(default|high)_priority::(max_\w+)::(\d+)$/.exec(rest);
    if (breaker !== null) {
      const priority = breaker[1] as string;
      const threshold = this.breakers.get(priority) ?? (priority === 'high' ? { priority: 'HIGH' } : {});
      threshold[breaker[2] as string] = Number(breaker[3]);
      this.breakers.set(priority, threshold);
      return true;
    }
    const outlier = /^outlier::(\w+)::(.*)$/.exec(rest);
    if (outlier === null) return false;
    const value = Number(outlier[2]);
    // A negative rate stands for none; Envoy's JSON leaves it out.
    if (Number.isFinite(value) && value >= 0) this.own[outlier[1] as string] = outlier[1]?.endsWith('threshold') ? { value } : value;
    return true;
  }

  takeHost(rest: string): boolean {
    const found = HOST_LINE.exec(rest);
    if (found === null) return false;
    const address = (found[1] ?? found[4]) as string;
    const host = this.hosts.get(address) ?? new HostText(address);
    this.hosts.set(address, host);
    host.take((found[2] ?? found[5]) as string, (found[3] ?? found[6]) as string);
    return true;
  }

  json(): JsonObject {
    return {
      name: this.name,
      ...this.own,
      ...(this.hosts.size > 0 ? { host_statuses: [...this.hosts.values()].map((host) => host.json()) } : {}),
      ...(this.breakers.size > 0 ? { circuit_breakers: { thresholds: [...this.breakers.values()] } } : {}),
    };
  }
}

class HostText {
  private readonly address: string;
  private readonly stats: JsonObject[] = [];
  private readonly health: Record<string, JsonValue> = { eds_health_status: 'HEALTHY' };
  private readonly locality: Record<string, JsonValue> = {};
  private readonly own: Record<string, JsonValue> = {};

  constructor(address: string) {
    this.address = address;
  }

  take(key: string, value: string): void {
    if (key === 'health_flags') {
      this.takeFlags(value);
    } else if (key === 'region' || key === 'zone' || key === 'sub_zone') {
      if (value !== '') this.locality[key] = value;
    } else if (key === 'weight' || key === 'priority') {
      if (value !== '0') this.own[key] = Number(value);
    } else if (key === 'success_rate' || key === 'local_origin_success_rate') {
      if (Number(value) >= 0) this.own[key] = { value: Number(value) };
    } else if (key === 'hostname' || !/^\d+$/.test(value)) {
      if (value !== '' && !(key === 'canary' && value === 'false')) setMember(this.own, key, value);
    } else {
      this.stats.push({ ...(key.endsWith('_active') ? { type: 'GAUGE' } : {}), name: key, ...(value === '0' ? {} : { value }) });
    }
  }

  private takeFlags(value: string): void {
    for (const flag of value.split('/')) {
      if (flag === '' || flag === 'healthy') continue;
      const [field, set] = ownMember(FLAGS, flag) ?? [flag, true];
      setMember(this.health, field, set);
    }
  }

  json(): JsonObject {
    return {
      address: addressJson(this.address),
      stats: this.stats,
      health_status: this.health,
      ...this.own,
      ...(Object.keys(this.locality).length > 0 ? { locality: this.locality } : {}),
    };
  }
}
