import type { Cluster, HttpConnectionManager, UpstreamTlsContext } from '../model/generated/envoy-api.ts';
import { configOf, configType, type Struct } from '../model/message.ts';
import type { SentUpstream } from '../trace/sent-upstream.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

const ISTIO_ALPN = 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig';

/**
 * The ALPN that a cluster's TLS offers: that of its context; Istio's `istio.alpn` filter puts a list of its own in its place, by the
 * protocol that goes upstream, unless the cluster's metadata has `alpn_override: "false"`; auto_config offers h2 and HTTP/1.1.
 * Source: Istio, alpn filter (AlpnFilter::decodeHeaders); source/common/tls/client_context_impl.cc.
 */
export function offeredProtocols(
  cluster: Cluster,
  context: UpstreamTlsContext,
  connection: UpstreamConnection,
  sent: SentUpstream,
  protocol: 'http/1.1' | 'h2',
): readonly string[] {
  const own = (context.common_tls_context?.alpn_protocols ?? []).flatMap((listed) => listed.split(',')).filter((name) => name !== '');
  const overridden = sent.kind === 'http' && !keepsOwn(cluster) ? istioOverride(sent.manager, protocol) : undefined;
  if (overridden !== undefined) return overridden;
  return own.length === 0 && connection.protocol === 'by ALPN' ? ['h2', 'http/1.1'] : own;
}

function keepsOwn({ metadata }: Cluster): boolean {
  const istio = metadata?.filter_metadata?.['istio'] as Struct | undefined;
  return istio?.['alpn_override'] === 'false';
}

interface AlpnOverride {
  /** HTTP10 where it is left out: the first of the enum. */
  readonly upstream_protocol?: string;
  readonly alpn_override?: readonly string[];
}

function istioOverride({ http_filters: filters = [] }: HttpConnectionManager, protocol: 'http/1.1' | 'h2'): readonly string[] | undefined {
  for (const filter of filters) {
    const config = configOf(filter);
    if (configType(config) !== ISTIO_ALPN) continue;
    const inner = (config?.['value'] ?? config) as { readonly alpn_override?: unknown; readonly alpnOverride?: unknown } | undefined;
    const list = inner?.alpn_override ?? inner?.alpnOverride;
    if (!Array.isArray(list)) continue;
    const wanted = protocol === 'h2' ? 'HTTP2' : 'HTTP11';
    const found = (list as readonly (AlpnOverride & { readonly upstreamProtocol?: string; readonly alpnOverride?: readonly string[] })[]).find(
      (entry) => (entry.upstream_protocol ?? entry.upstreamProtocol ?? 'HTTP10') === wanted,
    );
    if (found !== undefined) return found.alpn_override ?? found.alpnOverride;
  }
  return undefined;
}
