import type { Address } from '../model/generated/envoy-api.ts';

/**
 * An address as Envoy prints it in `%UPSTREAM_HOST%`: `ip:port` with brackets around IPv6, a pipe's path, `envoy://listener/endpoint`.
 * '' where the message holds none. Source: source/common/network/address_impl.cc.
 */
export function endpointAddress(address: Address | undefined): string {
  const socket = address?.socket_address;
  if (socket !== undefined) {
    const host = socket.address ?? '';
    const port = socket.port_value ?? socket.named_port ?? 0;
    return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`;
  }
  if (address?.pipe?.path !== undefined) return address.pipe.path;
  const internal = address?.envoy_internal_address;
  return internal === undefined ? '' : `envoy://${internal.server_listener_name ?? ''}/${internal.endpoint_id ?? ''}`;
}
