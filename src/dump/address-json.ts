import type { JsonObject } from './json-value.ts';

/**
 * An address as Envoy's text outputs write it, as the JSON of `envoy.config.core.v3.Address`:
 * `10.0.0.1:80`, `[fd00::1]:80`, `/path/to/pipe` or `@abstract`, `envoy://listener/endpoint`.
 */
export function addressJson(text: string): JsonObject {
  const internal = /^envoy:\/\/([^/]*)(?:\/(.*))?$/.exec(text);
  if (internal !== null) {
    return { envoy_internal_address: { server_listener_name: internal[1] ?? '', ...(internal[2] ? { endpoint_id: internal[2] } : {}) } };
  }
  const socket = /^(?:\[([^\]]*)\]|([^/@[\]]*)):(\d+)$/.exec(text);
  if (socket === null) return { pipe: { path: text } };
  return { socket_address: { address: socket[1] ?? socket[2] ?? '', port_value: Number(socket[3]) } };
}
