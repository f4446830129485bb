import type { Duplex } from 'node:stream';
import { Failure } from '../dump/failure.ts';
import { nearestNames } from '../query/nearest-names.ts';
import { type KubeApi, kubeApi } from '../source/kube/kube-api.ts';
import type { Pod } from '../source/kube/kube-objects.ts';
import { forwardByKubectl, type KubectlForward } from '../source/kube/kubectl-forward.ts';
import { dialKubectl } from '../source/kube/kubectl-stream.ts';
import { dialPod, forwardFailure } from '../source/kube/pod-admin.ts';
import { podLabel } from '../source/kube/pod-state.ts';
import { findProxy, type ProxyContainer } from '../source/kube/proxy-container.ts';
import { resolvePods } from '../source/kube/resolve-target.ts';
import { adminClient } from '../source/live/admin-client.ts';
import { type LiveSelection, targetsOf } from './command-input.ts';
import type { Io } from './io.ts';
import { transferProgress } from './live-progress.ts';
import { adminPortOf, type FindOptions, type LiveProxies, type LiveProxy } from './live-proxies.ts';

const KUBECTL_MS = 15_000;

/** The pods that a command line names, each with a client for its Envoy. Throws Failure PC11xx. */
export async function findPods(
  args: LiveSelection,
  io: Io,
  options: FindOptions & { readonly limitMs: number | undefined },
): Promise<LiveProxies & { readonly api: KubeApi }> {
  const { kubeconfig, context, as, 'as-group': asGroups, namespace, selector } = args;
  const adminPort = adminPortOf(args);
  const api = kubeApi({ kubeconfig, context, as, asGroups, env: io.env, limitMs: options.limitMs });
  const found = await resolvePods(api, {
    targets: targetsOf(args),
    namespace,
    selector,
    allNamespaces: options.allNamespaces ?? false,
    allPods: options.allPods ?? args['all-pods'],
    mayShorten: io.isTerminalErr,
    nearest: nearestNames,
  });
  const notes = [...found.notes];
  const proxies: LiveProxy[] = [];
  let others = 0;
  let firstFailure: Failure | undefined;
  for (const pod of found.pods) {
    try {
      const container = adminPort === undefined ? findProxy(pod) : undefined;
      proxies.push(liveProxy(api, pod, container, adminPort ?? container?.adminPort ?? 0, args, io, options.limitMs));
    } catch (error) {
      if (!(error instanceof Failure) || !options.skipOthers) throw error;
      firstFailure ??= error;
      others++;
    }
  }
  if (proxies.length === 0 && firstFailure !== undefined) {
    if (others === 1) throw firstFailure;
    const next = 'check that sidecar injection is on for them; in a mesh without sidecars name a waypoint or a gateway: gateway/NAME';
    throw new Failure({ id: 'PC1110', what: `none of the ${others} pods has an Envoy; of the first: ${firstFailure.message}`, next, cause: firstFailure });
  }
  if (others > 0) notes.push(`${others} of ${found.pods.length} pods left out, which have no Envoy`);
  return { proxies, api, notes };
}

function liveProxy(
  api: KubeApi,
  pod: Pod,
  container: ProxyContainer | undefined,
  adminPort: number,
  args: LiveSelection,
  io: Io,
  limitMs: number | undefined,
): LiveProxy {
  const label = podLabel(pod);
  const progress = transferProgress(label, io);
  // It tells more of what is wrong than the limit of the request that waits for it.
  const kubectlMs = Math.min(KUBECTL_MS, (limitMs ?? Number.POSITIVE_INFINITY) * 0.8);
  let forward: Promise<KubectlForward> | undefined;
  const dial = async (): Promise<Duplex> => {
    if (args.via !== 'kubectl') return dialPod(api, pod, adminPort);
    const { kubeconfig, context, as, 'as-group': asGroups } = args;
    forward ??= forwardByKubectl(pod, adminPort, { kubeconfig, context, as, asGroups }, kubectlMs);
    return dialKubectl(await forward, (why) => forwardFailure(label, adminPort, why));
  };
  const client = adminClient({ label, origin: `http://localhost:${adminPort}`, dial, limitMs, onBytes: progress.onBytes });
  return {
    label,
    pod,
    ...(container === undefined ? {} : { container }),
    adminPort,
    client,
    dial,
    async close() {
      progress.done();
      await client.close();
      await (await forward?.catch(() => undefined))?.stop();
    },
  };
}
