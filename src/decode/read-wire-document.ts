import { isJsonObject, type JsonObject, type JsonValue } from '../dump/json-value.ts';
import { WireError, type WireLibrary, WireReader } from './read-wire.ts';

/** The messages that a binary file may be: each with what must be in it, since binary data does not say what it is. */
const CANDIDATES: readonly (readonly [type: string, fits: (json: JsonObject) => boolean])[] = [
  ['envoy.admin.v3.ConfigDump', (json) => anys(json['configs'])],
  ['envoy.service.discovery.v3.DiscoveryResponse', (json) => isTypeUrl(json['type_url']) && (json['resources'] === undefined || anys(json['resources']))],
  ['envoy.service.discovery.v3.DeltaDiscoveryResponse', (json) => isTypeUrl(json['type_url'])],
  ['envoy.service.status.v3.ClientStatusResponse', (json) => objects(json['config']).some(isClientConfig)],
  ['envoy.service.status.v3.ClientConfig', isClientConfig],
  ['envoy.admin.v3.Clusters', (json) => objects(json['cluster_statuses']).some((status) => 'name' in status)],
  ['envoy.admin.v3.Listeners', (json) => objects(json['listener_statuses']).some((status) => 'local_address' in status)],
  ['envoy.config.bootstrap.v3.Bootstrap', (json) => isJsonObject(json['static_resources']) || isJsonObject(json['dynamic_resources'])],
];
/** A gRPC message stands behind a byte for compression and four for its length. */
const GRPC_PREFIX = 5;

/**
 * Reads a binary protobuf file as JSON with an `@type` that says which message it was taken for; undefined where it is none that pc
 * knows. Of several messages that the bytes could be, the one with the fewest unknown fields is taken.
 */
export async function readWireDocument(file: Uint8Array): Promise<JsonValue | undefined> {
  const { default: library } = await import('protobufjs/minimal.js');
  const bytes = withoutGrpcPrefix(file);
  let best: { readonly json: JsonValue; readonly unknown: number } | undefined;
  for (const [type, fits] of CANDIDATES) {
    const found = readAs(type, bytes, library);
    if (found === undefined || !fits(found.json) || (best !== undefined && best.unknown <= found.unknown)) continue;
    best = { json: { '@type': `type.googleapis.com/${type}`, ...found.json }, unknown: found.unknown };
    if (best.unknown === 0) break;
  }
  return best?.json;
}

function readAs(type: string, bytes: Uint8Array, library: WireLibrary): { readonly json: JsonObject; readonly unknown: number } | undefined {
  const reader = new WireReader(library);
  try {
    const json = reader.message(type, bytes);
    return isJsonObject(json) ? { json, unknown: reader.unknownFields } : undefined;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function withoutGrpcPrefix(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= GRPC_PREFIX || bytes[0] !== 0) return bytes;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  return length === bytes.length - GRPC_PREFIX ? bytes.subarray(GRPC_PREFIX) : bytes;
}

function isTypeUrl(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && /^[\w.]+\/[\w.]+\.\w+$/.test(value);
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function anys(value: JsonValue | undefined): boolean {
  const list = objects(value);
  return list.length > 0 && list.every((any) => isTypeUrl(any['@type']));
}

function isClientConfig(json: JsonObject): boolean {
  return objects(json['xds_config']).length > 0 || objects(json['generic_xds_configs']).some((config) => isTypeUrl(config['type_url']));
}
