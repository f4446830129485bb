import { isJsonObject, JsonNumber, type JsonValue } from '../dump/json-value.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';

/** Runtime keys as far as the input shows them: the static layers of the bootstrap, or, where it has /runtime, what holds over all layers. */
export interface RuntimeLayers {
  /** The value of a key; undefined where no layer that we see sets it. */
  get(key: string): JsonValue | undefined;
  /** Names of the layers whose values a dump does not hold: disk and RTDS layers. An admin layer is empty unless somebody changed it. */
  readonly hidden: readonly string[];
}

/** Reads `layered_runtime`: later layers override earlier ones; nested keys are joined with dots. `/runtime` hides nothing. */
export function readRuntime(proxy: ProxyConfig): RuntimeLayers {
  const values = new Map<string, JsonValue>();
  const hidden: string[] = [];
  for (const layer of proxy.bootstrap?.value.layered_runtime?.layers ?? []) {
    if (layer.static_layer !== undefined) flatten('', layer.static_layer, values);
    else if (layer.admin_layer === undefined) hidden.push(layer.name ?? '');
  }
  const shown = proxy.runtime?.value.entries;
  if (shown === undefined) return { get: (key) => values.get(key), hidden };
  for (const [key, { final_value: value }] of Object.entries(shown)) {
    // A fraction is a text of its fields there; the static layer has the fields themselves.
    if (value !== undefined && !isJsonObject(values.get(key))) values.set(key, value);
  }
  return { get: (key) => values.get(key), hidden: [] };
}

/** A Struct that looks like a FractionalPercent (`numerator`) stays whole, as Envoy's SnapshotImpl keeps it. */
function flatten(prefix: string, value: JsonValue, into: Map<string, JsonValue>): void {
  if (isJsonObject(value) && !('numerator' in value) && !('denominator' in value)) {
    for (const [key, member] of Object.entries(value)) flatten(prefix === '' ? key : `${prefix}.${key}`, member as JsonValue, into);
    return;
  }
  into.set(prefix, value);
}

/** A runtime value as a number, as SnapshotImpl reads it; undefined where it is none. */
export function runtimeNumber(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof JsonNumber) return value.valueOf();
  if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) return Number(value);
  return undefined;
}

/** Whether a feature guard `envoy.reloadable_features.NAME` is on. Source: source/common/runtime/runtime_impl.cc SnapshotImpl::getBoolean. */
export function featureEnabled(runtime: RuntimeLayers, name: string, byDefault: boolean): boolean {
  const value = runtime.get(`envoy.reloadable_features.${name}`);
  if (value === undefined || value === null) return byDefault;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return typeof value === 'boolean' ? value : byDefault;
}
