import { isJsonObject } from '../dump/json-value.ts';
import type { Bootstrap } from '../model/generated/envoy-api.ts';
import type { Message } from '../model/message.ts';
import type { ResourceKind } from '../model/resource.ts';

/** What Kubernetes and Istio make anew for every pod and write into its node's metadata. */
const OF_POD: ReadonlySet<string> = new Set(['NAME', 'INSTANCE_IPS']);
const OF_POD_LABELS: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
]);

/** The resource without what is generated for one process or pod: of a bootstrap the node's id, and the pod's name and addresses in its metadata. */
export function withoutNoise(kind: ResourceKind, value: Message): Message {
  if (kind !== 'bootstrap') return value;
  const { node } = value as Bootstrap;
  if (node === undefined) return value;
  const { id: _, metadata, ...rest } = node;
  if (metadata === undefined) return { ...value, node: rest } as Message;
  const kept = omit(metadata, OF_POD);
  const labels = kept['LABELS'];
  return { ...value, node: { ...rest, metadata: isJsonObject(labels) ? { ...kept, LABELS: omit(labels, OF_POD_LABELS) } : kept } } as Message;
}

function omit<T extends object>(object: T, names: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name)));
}
