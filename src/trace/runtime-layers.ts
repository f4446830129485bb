import { isJsonObject, type JsonValue } from '../dump/json-value.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';

/** Runtime keys as far as the input shows them: the static layers of the bootstrap, or, where it has /runtime, what holds over all layers. */
export interface RuntimeLayers {
  /** The value of a key; undefined where no layer that we see sets it. */
  get(key: string): JsonValue | undefined;
  /** What may set keys and is not shown: disk and RTDS layers, or the whole bootstrap. An admin layer is empty unless somebody changed it. */
  readonly hidden: readonly string[];
  /** The keys that were asked for since the last call, and that something hidden may set. */
  takeAsked(): readonly string[];
}

/** Reads `layered_runtime`: later layers override earlier ones; nested keys are joined with dots. `/runtime` hides nothing. */
export function readRuntime(proxy: ProxyConfig): RuntimeLayers {
  const values = new Map<string, JsonValue>();
  const layers: string[] = [];
  for (const layer of proxy.bootstrap?.value.layered_runtime?.layers ?? []) {
    if (layer.static_layer !== undefined) flatten('', layer.static_layer, values);
    else if (layer.admin_layer === undefined) layers.push(`the ${layer.rtds_layer === undefined ? 'disk' : 'RTDS'} layer "${layer.name ?? ''}"`);
  }
  const shown = proxy.runtime?.value.entries;
  if (shown !== undefined) {
    for (const [key, { final_value: value }] of Object.entries(shown)) {
      // A fraction is a text of its fields there; the static layer has the fields themselves.
      if (value !== undefined && !isJsonObject(values.get(key))) values.set(key, value);
    }
    return nothingHidden(values);
  }
  if (layers.length > 0) return recording(values, layers, (key) => !FEATURE_GUARD.test(key));
  return proxy.bootstrap === undefined ? recording(values, ['the bootstrap'], (key) => !ENVOY_KEYS.test(key)) : nothingHidden(values);
}

/** Guards of Envoy's own changes: whoever flips one by RTDS knows; to name five of them with every answer would help nobody. */
const FEATURE_GUARD = /^envoy\.reloadable_features\./;
/** Keys that Envoy asks for by itself; the others are named by the configuration, so somebody means to set them. */
const ENVOY_KEYS = /^(envoy\.reloadable_features|upstream|circuit_breakers|fault\.http)\./;

function nothingHidden(values: ReadonlyMap<string, JsonValue>): RuntimeLayers {
  return { get: (key) => values.get(key), hidden: [], takeAsked: () => [] };
}

function recording(values: ReadonlyMap<string, JsonValue>, hidden: readonly string[], concerns: (key: string) => boolean): RuntimeLayers {
  const asked = new Set<string>();
  return {
    hidden,
    get(key) {
      if (concerns(key)) asked.add(key);
      return values.get(key);
    },
    takeAsked() {
      const keys = [...asked].sort();
      asked.clear();
      return keys;
    },
  };
}

/** What must hold outside the dump for an answer that asked for runtime keys; undefined where it asked for none that may be hidden. */
export function runtimeCondition(runtime: RuntimeLayers): string | undefined {
  const keys = runtime.takeAsked();
  if (keys.length === 0) return undefined;
  const named = keys.map((key) => `"${key}"`).join(', ');
  return `the runtime ${keys.length === 1 ? `key ${named} is` : `keys ${named} are`} not set by ${runtime.hidden.join(' or ')}, which the input does not show (/runtime does)`;
}

/** A Struct that looks like a FractionalPercent (`numerator`) stays whole, as Envoy's SnapshotImpl keeps it. */
function flatten(prefix: string, value: JsonValue, into: Map<string, JsonValue>): void {
  if (isJsonObject(value) && !('numerator' in value) && !('denominator' in value)) {
    for (const [key, member] of Object.entries(value)) flatten(prefix === '' ? key : `${prefix}.${key}`, member as JsonValue, into);
    return;
  }
  into.set(prefix, value);
}

/** Whether a feature guard `envoy.reloadable_features.NAME` is on. Source: source/common/runtime/runtime_impl.cc SnapshotImpl::getBoolean. */
export function featureEnabled(runtime: RuntimeLayers, name: string, byDefault: boolean): boolean {
  const value = runtime.get(`envoy.reloadable_features.${name}`);
  if (value === undefined || value === null) return byDefault;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return typeof value === 'boolean' ? value : byDefault;
}
