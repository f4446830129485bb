import { encodeMessage } from '../decode/encode-message.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { jsonText } from '../render/json-text.ts';

/** Each named cluster's part of `/clusters`, as JSON bytes. */
export function* clusterStatusBytes(proxy: ProxyConfig, clusters: ReadonlySet<string>): Generator<Uint8Array> {
  for (const status of proxy.clusterStatuses?.value.cluster_statuses ?? []) {
    if (clusters.has(status.name ?? '')) yield new TextEncoder().encode(jsonText(encodeMessage('envoy.admin.v3.ClusterStatus', status), { indent: 1 }));
  }
}
