import type { DumpPath } from '../dump/dump-path.ts';
import type { FoundPlace } from '../dump/found-place.ts';
import { isJsonObject, type JsonValue } from '../dump/json-value.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';

/**
 * Looks a place up in the dump's own JSON. Keys are found in either spelling (`route_config`, `routeConfig`).
 * Undefined where no resource of the proxy holds the place.
 */
export function locate(proxy: ProxyConfig, document: string, path: DumpPath): FoundPlace | undefined {
  return proxy.around(document, path)[0]?.find(path);
}

/** Every place at or below a located one that holds exactly this text, in order. */
export function placesOfText(at: FoundPlace, text: string): readonly DumpPath[] {
  const found: DumpPath[] = [];
  const visit = (value: JsonValue, path: DumpPath): void => {
    if (value === text) found.push(path);
    else if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) visit(item as JsonValue, [...path, i]);
    } else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    }
  };
  const value = at.value();
  if (value !== undefined) visit(value, at.path);
  return found;
}
