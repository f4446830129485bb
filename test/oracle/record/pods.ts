import { PODS } from '../istio/names.ts';
import { startUpstream } from '../upstreams.ts';

/** Starts a server for every pod of the mesh and returns what stops them. */
export async function startPods(): Promise<() => Promise<void>> {
  const pods = await Promise.all(Object.entries(PODS).map(([name, port]) => startUpstream({ name, port })));
  return async () => {
    await Promise.all(pods.map((pod) => pod.close()));
  };
}
