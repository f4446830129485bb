import type { ProxyConfig } from '../../model/proxy-config.ts';
import { textOf, textsOf } from './kube-object.ts';

/** What of a proxy decides which objects it sees: its namespace, its labels. */
export interface ProxyIdentity {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** From the node that Istio writes into the bootstrap: metadata first, then the id `sidecar~ip~pod.namespace~domain`. */
export function proxyIdentity(proxy: ProxyConfig): ProxyIdentity {
  const node = proxy.bootstrap?.value.node;
  const fromId = node?.id?.split('~')[2]?.split('.').at(-1) ?? '';
  return { namespace: textOf(node?.metadata?.['NAMESPACE']) || fromId, labels: textsOf(node?.metadata?.['LABELS']) };
}
