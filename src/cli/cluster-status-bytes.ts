import { bytesSource } from '../dump/byte-source.ts';
import { outlineJson } from '../dump/json-outline.ts';
import { elementsOf, membersOf } from '../dump/outline-members.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';

/** Document, list, entry. */
const ENTRY_DEPTH = 2;

/** The own bytes of each named cluster's part of `/clusters`. */
export function* clusterStatusBytes(proxy: ProxyConfig, clusters: ReadonlySet<string>): Generator<Uint8Array> {
  if (proxy.clusterStatuses === undefined) return;
  const source = bytesSource('', proxy.clusterStatuses.raw());
  const root = outlineJson(source, ENTRY_DEPTH);
  // istioctl prints the bare list.
  const list = root.kind === 'array' ? root : membersOf(source, root).get('cluster_statuses');
  const statuses = proxy.clusterStatuses.value.cluster_statuses ?? [];
  for (const [i, entry] of elementsOf(source, list).entries()) {
    if (clusters.has(statuses[i]?.name ?? '')) yield source.read(entry.start, entry.end);
  }
}
