import { Failure } from '../../dump/failure.ts';
import type { KubeApi } from './kube-api.ts';
import type { Pod } from './kube-objects.ts';

/** The pod behind an address. */
export interface PodAddress {
  readonly name: string;
  readonly namespace: string;
  readonly node: string | undefined;
}

/** Which pod has which address, as far as the role lets it be known. */
export interface PodDirectory {
  /** Pods of every namespace are known: an address of the cluster that is not here belongs to no pod. */
  readonly isWhole: boolean;
  /** The pod of an address; where pods share their node's address, the one with that port. */
  find(address: string, port: number): PodAddress | undefined;
}

/**
 * Lists the pods of all namespaces, or, where the role forbids that, of one. Out: the directory, or why there is none. One call for each of
 * the two; nothing is asked again.
 */
export async function podDirectory(api: KubeApi, namespace: string): Promise<PodDirectory | { readonly why: string }> {
  try {
    return directoryOf(await list(api, undefined), true);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.id !== 'PC1105') return { why: error.message };
  }
  try {
    return directoryOf(await list(api, namespace), false);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { why: error.message };
  }
}

function list(api: KubeApi, namespace: string | undefined): Promise<readonly Pod[]> {
  return api.list<Pod>({ verb: 'list', resource: 'pods', group: '', namespace });
}

function directoryOf(pods: readonly Pod[], isWhole: boolean): PodDirectory {
  const byAddress = new Map<string, Pod[]>();
  for (const pod of pods) {
    const { phase, podIP, podIPs = [] } = pod.status ?? {};
    // A pod that is done keeps its address in its status while another pod has it.
    if (phase === 'Succeeded' || phase === 'Failed') continue;
    for (const address of new Set([podIP, ...podIPs.map(({ ip }) => ip)])) {
      if (address !== undefined && address !== '') byAddress.set(address, [...(byAddress.get(address) ?? []), pod]);
    }
  }
  return {
    isWhole,
    find(address, port) {
      const [first, ...others] = byAddress.get(address) ?? [];
      const found = others.length === 0 ? first : [first as Pod, ...others].find((pod) => hasPort(pod, port));
      if (found === undefined) return undefined;
      return { name: found.metadata.name, namespace: found.metadata.namespace ?? '', node: found.spec?.nodeName };
    },
  };
}

function hasPort(pod: Pod, port: number): boolean {
  return (pod.spec?.containers ?? []).some((container) => container.ports?.some(({ containerPort }) => containerPort === port));
}
