import type { HttpConnectionManager } from '../model/generated/envoy-api.ts';

/**
 * The authority after the connection manager's host rules: a trailing dot goes with `strip_trailing_host_dot`, a valid port with
 * `strip_any_host_port`, or with `strip_matching_host_port` where it is the listener's. In: the authority, the local port.
 * Source: source/common/http/conn_manager_utility.cc maybeNormalizeHost, header_utility.cc stripTrailingHostDot, stripPortFromHost.
 */
export function normalizeHost(authority: string, hcm: HttpConnectionManager, localPort: number | undefined): string {
  let host = authority;
  if (hcm.strip_trailing_host_dot === true) host = withoutTrailingDot(host);
  if (hcm.strip_any_host_port === true) host = withoutValidPort(host, undefined);
  else if (hcm.strip_matching_host_port === true && localPort !== undefined) host = withoutValidPort(host, localPort);
  return host;
}

/** The last dot goes where it ends the host, or stands just before the port; a lone `.` leaves an empty host. */
function withoutTrailingDot(host: string): string {
  const dot = host.lastIndexOf('.');
  if (dot < 0 || (dot < host.length - 1 && host[dot + 1] !== ':')) return host;
  return host.slice(0, dot) + host.slice(dot + 1);
}

function withoutValidPort(host: string, only: number | undefined): string {
  const colon = host.lastIndexOf(':');
  if (colon < 0 || host.lastIndexOf(']') > colon) return host;
  const text = host.slice(colon + 1);
  if (!/^\d+$/.test(text)) return host;
  const port = Number(text);
  if (port > 65_535 || (only !== undefined && port !== only)) return host;
  return host.slice(0, colon);
}
