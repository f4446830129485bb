import { type DumpPath, startsWith } from '../dump/dump-path.ts';
import { Failure } from '../dump/failure.ts';
import { parseJson } from '../dump/json-text.ts';
import { isJsonObject, type JsonValue } from '../dump/json-value.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';

/** A place of a dump that was looked up: its keys as the dump spells them, and the values on the way, the document's resource first. */
export interface Located {
  readonly path: DumpPath;
  readonly value: JsonValue;
  /** The resource and every value between it and the place, outermost first; the last one is `value`. */
  readonly chain: readonly JsonValue[];
}

const parsed = new WeakMap<Resource, JsonValue | null>();

/**
 * Looks a place up in the dump's own JSON. Keys are found in either spelling (`route_config`, `routeConfig`).
 * Undefined where no resource of the proxy holds the place, or its bytes cannot be read.
 */
export function locate(proxy: ProxyConfig, document: string, path: DumpPath): Located | undefined {
  const [resource] = proxy.around(document, path);
  if (resource === undefined) return undefined;
  const isInside = startsWith(path, resource.path) && resource.span !== undefined;
  const from = isInside ? resource.path : resource.entryPath;
  const root = isInside ? jsonOf(resource) : readJson(resource.rawEntry());
  return root === undefined ? undefined : walk(root, from, path.slice(from.length));
}

/** Every place below a located one that holds exactly this text, in order. */
export function placesOfText(at: Located, text: string): readonly Located[] {
  const found: Located[] = [];
  const visit = (value: JsonValue, path: DumpPath, chain: readonly JsonValue[]): void => {
    if (value === text) found.push({ path, value, chain });
    else if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) visit(item, [...path, i], [...chain, item]);
    } else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key], [...chain, item]);
    }
  };
  visit(at.value, at.path, at.chain);
  return found;
}

function walk(root: JsonValue, from: DumpPath, steps: DumpPath): Located | undefined {
  let value: JsonValue = root;
  const path = [...from];
  const chain: JsonValue[] = [root];
  for (const step of steps) {
    let next: JsonValue | undefined;
    let key = step;
    if (typeof step === 'number') next = Array.isArray(value) ? value[step] : undefined;
    else if (isJsonObject(value)) {
      const camel = step.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      key = Object.hasOwn(value, step) ? step : camel;
      next = Object.hasOwn(value, key) ? value[key] : undefined;
    }
    if (next === undefined) return undefined;
    value = next;
    path.push(key);
    chain.push(value);
  }
  return { path, value, chain };
}

function jsonOf(resource: Resource): JsonValue | undefined {
  const json = parsed.has(resource) ? parsed.get(resource) : (readJson(resource.raw()) ?? null);
  parsed.set(resource, json ?? null);
  return json ?? undefined;
}

function readJson(bytes: Uint8Array): JsonValue | undefined {
  try {
    return bytes.length === 0 ? undefined : parseJson(new TextDecoder().decode(bytes), () => '');
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
