import { Failure } from '../dump/failure.ts';
import { readSyncz, type SyncedProxy } from '../query/sync-state.ts';
import type { KubeApi } from '../source/kube/kube-api.ts';
import type { Pod } from '../source/kube/kube-objects.ts';
import { dialPod } from '../source/kube/pod-admin.ts';
import { isRunning, podLabel } from '../source/kube/pod-state.ts';
import { adminClient } from '../source/live/admin-client.ts';
import type { Io } from './io.ts';

/** istiod's port for monitoring and debugging. */
const DEBUG_PORT = 15014;
const SYNCZ = '/debug/syncz';

/**
 * What every istiod says of the proxies that are connected to it, by `pod.namespace`. Where there is none, or a role does not let it be
 * asked, nothing, with a note.
 */
export async function istiodView(api: KubeApi, namespace: string, limitMs: number | undefined, io: Io): Promise<ReadonlyMap<string, SyncedProxy>> {
  const view = new Map<string, SyncedProxy>();
  try {
    const pods = await api.list<Pod>({ verb: 'list', resource: 'pods', group: '', namespace }, { labelSelector: 'app=istiod' });
    for (const pod of pods.filter(isRunning)) {
      const own = pod.metadata.namespace === undefined ? { ...pod, metadata: { ...pod.metadata, namespace } } : pod;
      const client = adminClient({ label: podLabel(own), origin: `http://localhost:${DEBUG_PORT}`, dial: () => dialPod(api, own, DEBUG_PORT), limitMs });
      try {
        const { status, text } = await client.ask('GET', SYNCZ);
        if (status !== 200) throw new Failure({ id: 'PC1113', what: `${client.label}: GET ${SYNCZ} answers with status ${status}` });
        for (const proxy of readSyncz(JSON.parse(text))) view.set(proxy.proxy, proxy);
      } finally {
        await client.close();
      }
    }
  } catch (error) {
    if (!(error instanceof Failure) && !(error instanceof SyntaxError)) throw error;
    io.err(`note[PC1134]: what istiod says is left out: ${error.message}\n`);
  }
  return view;
}
