import type { Pod } from './kube-objects.ts';

/** Whether the kubelet calls the pod ready. */
export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

export function isRunning(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && pod.metadata.deletionTimestamp === undefined;
}

/** `Pending (ImagePullBackOff)`, `Running, not ready`: a pod's state in a few words, as kubectl get has it. */
export function podStateText(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const phase = pod.status?.phase ?? 'Unknown';
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const reason =
    pod.status?.reason ?? statuses.map((s) => s.state?.waiting?.reason ?? s.state?.terminated?.reason).find((r) => r !== undefined && r !== 'Completed');
  if (phase === 'Running') return isReady(pod) ? 'Running, ready' : `Running, not ready${reason === undefined ? '' : ` (${reason})`}`;
  return reason === undefined ? phase : `${phase} (${reason})`;
}

/** `web-7d9.shop`: what pc calls a pod. */
export function podLabel(pod: Pod): string {
  return `${pod.metadata.name}.${pod.metadata.namespace ?? 'default'}`;
}
