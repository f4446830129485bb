import { Failure } from '../dump/failure.ts';
import { socketOf } from '../follow/host-address.ts';
import type { PodAddress, PodDirectory } from '../source/kube/pod-directory.ts';
import type { Needs } from '../source/live/fetch-plan.ts';
import type { ProxyInput } from '../source/read-input.ts';
import type { InputArgs } from './command-input.ts';
import { eachAtOnce } from './each-at-once.ts';
import type { LookedUp } from './followed-proxy.ts';
import type { Io } from './io.ts';

const AT_ONCE = 4;

/**
 * Finds the pods that have addresses and fetches what their proxies have, over a port-forward each. Why there is no proxy is said for each
 * address: no pod has it, the role does not show it, the pod has no Envoy, or cannot be reached.
 */
export function podLookUp(args: InputArgs, needs: Needs, io: Io, pods: PodDirectory | undefined): (addresses: readonly string[]) => Promise<LookedUp> {
  return async (addresses) => {
    const reasons = new Map<string, string>();
    const wanted = new Map<string, PodAddress & { readonly ip: string }>();
    for (const text of addresses) {
      const socket = socketOf(text);
      if (socket === undefined) continue;
      const { address: ip, port } = socket;
      const pod = pods?.find(ip, port);
      if (pod !== undefined) wanted.set(`${pod.namespace}/${pod.name}`, { ...pod, ip });
      else reasons.set(ip, unknownPod(ip, pods));
    }
    const inputs: ProxyInput[] = [];
    const { readLive } = await import('./live-input.ts');
    await eachAtOnce([...wanted.values()], AT_ONCE, async ({ name, namespace, ip }) => {
      try {
        const target: InputArgs = { ...args, url: [], selector: undefined, 'all-pods': false, namespace, proxy: undefined, target: `pod/${name}` };
        inputs.push(...(await readLive(target, needs, io)));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        reasons.set(ip, `${ip} is pod ${name}.${namespace}: ${error.message}`);
      }
    });
    return { inputs, reasons };
  };
}

function unknownPod(ip: string, pods: PodDirectory | undefined): string {
  if (pods === undefined) return `no pod is known for ${ip}: pods could not be listed`;
  return pods.isWhole ? `no running pod has ${ip}` : `no pod of the namespaces that the role shows has ${ip}`;
}
