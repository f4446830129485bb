import { decodeMessage } from '../../src/decode/decode-message.ts';
import { encodeMessage } from '../../src/decode/encode-message.ts';
import { isJsonObject, type JsonValue } from '../../src/dump/json-value.ts';

/** Lists of Envoy's API of which Envoy does not read the order; by the name of the field, in snake_case. */
const SETS = new Set([
  'configs',
  'static_listeners',
  'dynamic_listeners',
  'static_clusters',
  'dynamic_active_clusters',
  'dynamic_route_configs',
  'dynamic_endpoint_configs',
  'static_endpoint_configs',
  'dynamic_active_secrets',
  'virtual_hosts',
  'domains',
  'filter_chains',
  'endpoints',
  'lb_endpoints',
  'server_names',
  'prefix_ranges',
  'match_subject_alt_names',
  'match_typed_subject_alt_names',
]);

/** The value with its keys and its sets the other way round. The order of everything that is ordered stays. */
export function reshuffled(value: JsonValue, field = ''): JsonValue {
  if (Array.isArray(value)) {
    const list = (value as readonly JsonValue[]).map((element) => reshuffled(element, field));
    return SETS.has(snake(field)) ? list.reverse() : list;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reshuffled(member, key)]),
  );
}

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A whole `/config_dump` in lowerCamelCase, as the schema has it; what the schema does not know is as it was. */
export function inCamelCase(dump: JsonValue): JsonValue {
  return encodeMessage('envoy.admin.v3.ConfigDump', decodeMessage('envoy.admin.v3.ConfigDump', dump, [], []));
}
