/**
 * An ORIGINAL_DST cluster dials the address that dynamic metadata names (metadata_key), else the one that the request names in a header (with use_http_header: the first value, `ip:port` or
 * `[ip6]:port`), else the destination to which the connection was made before it was redirected; a value that is no address counts as
 * absent. upstream_port_override replaces the port.
 * Source: source/extensions/clusters/original_dst/original_dst_cluster.cc OriginalDstCluster::LoadBalancer::chooseHost,
 * metadataOverrideHost, requestOverrideHost; source/common/network/utility.cc Utility::parseInternetAddressAndPortNoThrow.
 */
import type { Cluster_OriginalDstLbConfig, OriginalDstCluster } from '../model/generated/envoy-api.ts';
import { parseIp } from './ip-address.ts';
import type { SocketAddress } from './request.ts';
import type { RequestHeaders } from './request-headers.ts';

export type OriginalDestination =
  | { readonly kind: 'address'; readonly address: string; readonly from: string }
  /** Nothing names one; `why` says what was looked at. */
  | { readonly kind: 'none'; readonly why: string };

/** The address that an ORIGINAL_DST cluster dials. */
export function originalDestination(
  config: Cluster_OriginalDstLbConfig | OriginalDstCluster | undefined,
  headers: RequestHeaders,
  restored: SocketAddress | undefined,
  metadata: Readonly<Record<string, string>> = {},
): OriginalDestination {
  const key = metadataName(config);
  const stated = key === undefined ? undefined : parseAddress(metadata[key] ?? '');
  const header = config?.use_http_header === true ? (config.http_header_name || 'x-envoy-original-dst-host').toLowerCase() : undefined;
  const value = header === undefined ? undefined : headers.first(header);
  const named = value === undefined ? undefined : parseAddress(value);
  const port = config?.upstream_port_override;
  const result = (address: string, ownPort: number, from: string): OriginalDestination => ({ kind: 'address', address: join(address, port ?? ownPort), from });
  if (stated !== undefined) return result(stated.address, stated.port, `dynamic metadata ${key}`);
  if (named !== undefined) return result(named.address, named.port, `header ${header}`);
  if (restored !== undefined) return result(restored.address, restored.port, "the connection's original destination");
  const unread = value === undefined ? '' : `header ${header}: "${value}" is no address, and `;
  const absent = header !== undefined && value === undefined ? `the request has no header ${header}, and ` : unread;
  return { kind: 'none', why: `${absent}nothing restored the connection's original destination` };
}

/** The name under which a question states the metadata of metadata_key: `namespace.key`; undefined where the cluster asks for none. */
export function metadataName(config: Cluster_OriginalDstLbConfig | OriginalDstCluster | undefined): string | undefined {
  const wanted = config?.metadata_key;
  return wanted === undefined ? undefined : [wanted.key ?? '', ...(wanted.path ?? []).map((step) => step.key ?? '')].join('.');
}

/** `ip:port`, IPv6 in brackets; names are not resolved. */
function parseAddress(text: string): SocketAddress | undefined {
  const parts = /^(?:\[([^\]]+)\]|([\d.]+)):\+?(\d+)$/.exec(text.trim());
  const address = parts?.[1] ?? parts?.[2] ?? '';
  const port = Number(parts?.[3]);
  if (parts === null || port > 65_535 || parseIp(address) === undefined) return undefined;
  const isV6 = parts[1] !== undefined;
  if (isV6 !== address.includes(':') || (!isV6 && address.split('.').some((part) => part.length > 1 && part.startsWith('0')))) return undefined;
  return { address, port };
}

function join(address: string, port: number): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]:${port}` : `${address}:${port}`;
}
