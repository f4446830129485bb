import type { Address } from '../model/generated/envoy-api.ts';

/** An address on one line: `10.0.0.1:80`, `[::1]:80`, a pipe's path, `envoy://listener/endpoint`; '' where there is none. */
export function addressText(address: Address | undefined): string {
  const host = hostText(address);
  const port = portText(address);
  if (port === '') return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The address without its port. */
export function hostText(address: Address | undefined): string {
  if (address?.socket_address) return address.socket_address.address ?? '';
  if (address?.pipe) return address.pipe.path ?? '';
  const internal = address?.envoy_internal_address;
  if (internal === undefined) return '';
  return `envoy://${internal.server_listener_name ?? ''}${internal.endpoint_id === undefined ? '' : `/${internal.endpoint_id}`}`;
}

/** The port as a number; undefined for pipes, internal addresses and named ports. */
export function portOf(address: Address | undefined): number | undefined {
  return address?.socket_address === undefined ? undefined : (address.socket_address.port_value ?? 0);
}

function portText(address: Address | undefined): string {
  const socket = address?.socket_address;
  if (socket === undefined) return '';
  return socket.named_port ?? (socket.port_value ? String(socket.port_value) : '');
}
