import type { ProxyConfig } from '../../model/proxy-config.ts';
import { textOf, textsOf } from './kube-object.ts';

/** What of a proxy decides which objects it sees: its namespace, its labels, what it is. */
export interface ProxyIdentity {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly role: 'sidecar' | 'router' | 'waypoint' | 'other';
}

const ROLES = ['sidecar', 'router', 'waypoint'] as const;

/** From the node that Istio writes into the bootstrap: metadata first, then the id `sidecar~ip~pod.namespace~domain`. */
export function proxyIdentity(proxy: ProxyConfig): ProxyIdentity {
  const node = proxy.bootstrap?.value.node;
  const [type, , pod] = node?.id?.split('~') ?? [];
  const fromId = pod?.split('.').at(-1) ?? '';
  return {
    namespace: textOf(node?.metadata?.['NAMESPACE']) || fromId,
    labels: textsOf(node?.metadata?.['LABELS']),
    role: ROLES.find((role) => role === type) ?? 'other',
  };
}
