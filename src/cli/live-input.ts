import { Failure } from '../dump/failure.ts';
import type { PodDirectory } from '../source/kube/pod-directory.ts';
import type { PodSurroundings } from '../source/kube/pod-surroundings.ts';
import { fetchDocuments } from '../source/live/fetch-documents.ts';
import type { Needs } from '../source/live/fetch-plan.ts';
import type { ProxyInput } from '../source/read-input.ts';
import { type InputArgs, targetsOf } from './command-input.ts';
import { eachAtOnce } from './each-at-once.ts';
import type { Io } from './io.ts';
import { type FindOptions, findLiveProxies, type LiveProxies, type LiveProxy } from './live-proxies.ts';

/** So many proxies are asked at the same time. */
const AT_ONCE = 8;
/** A pod of a workload that goes away meanwhile is replaced by another so often. */
const ATTEMPTS = 3;
/** What a pod that is being replaced fails with. */
const GOING_AWAY: ReadonlySet<string> = new Set(['PC1106', 'PC1115', 'PC1118']);

/** What was fetched of a live proxy. */
export interface LiveInput extends ProxyInput {
  /** The pods of its cluster, where they were asked for and could be listed. */
  readonly pods?: PodDirectory;
  /** Its own pod with the services of its namespace, where they were asked for. */
  readonly surroundings?: PodSurroundings;
}

/** Fetches what a command needs from the live proxies that it names. Nothing stays open. Throws Failure PC11xx. */
export async function readLive(args: InputArgs, needs: Needs, io: Io, options: FindOptions = {}): Promise<readonly LiveInput[]> {
  for (let attempt = 1; ; attempt++) {
    const found = await findLiveProxies(args, io, options);
    for (const note of found.notes) io.err(`note[PC1130]: ${note}\n`);
    try {
      const inputs = await readAll(found, needs, io);
      if (options.withSurroundings === true) return await addSurroundings(inputs, found);
      return options.withPods === true ? await addPods(inputs, found, io) : inputs;
    } catch (error) {
      const isReplaced = error instanceof Failure && GOING_AWAY.has(error.id) && attempt < ATTEMPTS && found.api !== undefined && namesWorkload(args);
      if (!isReplaced || !(await isGone(found))) throw error;
      io.err(`note[PC1130]: ${error.message}; looking for the pod that took its place\n`);
    }
  }
}

async function readAll({ proxies }: LiveProxies, needs: Needs, io: Io): Promise<readonly ProxyInput[]> {
  const inputs: ProxyInput[] = [];
  const [only] = proxies;
  if (only !== undefined && proxies.length === 1) return [await readOne(only, needs)];
  let first: unknown;
  await eachAtOnce(proxies, AT_ONCE, async (proxy, index) => {
    try {
      inputs[index] = await readOne(proxy, needs);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      first ??= error;
      io.err(`note[PC1134]: ${error.message}\n`);
    }
  });
  const had = inputs.filter((input) => input !== undefined);
  if (had.length === 0 && first !== undefined) throw first;
  return had;
}

async function readOne({ client, close }: LiveProxy, needs: Needs): Promise<ProxyInput> {
  try {
    const { documents, notes } = await fetchDocuments(client, needs);
    const own = documents.flatMap((document) => document.notes.map((note) => ({ ...note, document: document.label })));
    return { name: client.label, documents, notes: [...notes, ...own] };
  } finally {
    await close();
  }
}

/** Adds the pods of the cluster, by one call. Where the role does not let them be listed, they are left out with a note. */
async function addPods(inputs: readonly LiveInput[], { api, proxies }: LiveProxies, io: Io): Promise<readonly LiveInput[]> {
  if (api === undefined) return inputs;
  const { podDirectory } = await import('../source/kube/pod-directory.ts');
  const pods = await podDirectory(api, proxies.find((proxy) => proxy.pod !== undefined)?.pod?.metadata.namespace ?? api.namespace);
  if (!('why' in pods)) return inputs.map((input) => ({ ...input, pods }));
  io.err(`note[PC1131]: the names of pods are left out: ${pods.why}\n`);
  return inputs;
}

/** Adds what decides about the sidecar of each pod: two calls for each of them. What may not be read is left out with its reason. */
async function addSurroundings(inputs: readonly LiveInput[], { api, proxies }: LiveProxies): Promise<readonly LiveInput[]> {
  if (api === undefined) return inputs;
  const { podSurroundings } = await import('../source/kube/pod-surroundings.ts');
  return Promise.all(
    inputs.map(async (input) => {
      const pod = proxies.find(({ client }) => client.label === input.name)?.pod;
      return pod === undefined ? input : { ...input, surroundings: await podSurroundings(api, pod) };
    }),
  );
}

function namesWorkload(args: InputArgs): boolean {
  return args.selector !== undefined || targetsOf(args).some((target) => target.includes('/') && !/^(?:pod|pods|po)\//.test(target));
}

/** Whether the pod that was taken is not there any more, or on its way out. */
async function isGone({ api, proxies }: LiveProxies): Promise<boolean> {
  const pod = proxies[0]?.pod;
  if (pod === undefined || api === undefined) return false;
  const { name, namespace = api.namespace } = pod.metadata;
  try {
    const now = await api.get<typeof pod>({ verb: 'get', resource: 'pods', group: '', namespace, name });
    return now.metadata.deletionTimestamp !== undefined || now.metadata.uid !== pod.metadata.uid || now.status?.phase !== 'Running';
  } catch (error) {
    return error instanceof Failure && error.id === 'PC1106';
  }
}
