import { judgeAnswer, type ObjectsVerdict } from '../diagnostics/objects/judge-break.ts';
import { kubeObjects, objectKey } from '../diagnostics/objects/kube-object.ts';
import type { ObjectSet } from '../diagnostics/objects/object-set.ts';
import { proxyIdentity } from '../diagnostics/objects/proxy-identity.ts';
import type { TraceRequest } from '../match/request.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import type { LiveSelection } from './command-input.ts';
import type { Io } from './io.ts';
import { readObjects } from './object-files.ts';

/** What `--objects` takes in place of a file: the objects of the cluster. */
export const LIVE_OBJECTS = 'live';

/** What a request met, for the objects to be judged by. */
export interface Judged {
  readonly request: TraceRequest;
  readonly answer: TraceAnswer;
  readonly proxy: ProxyConfig;
}

/**
 * What the objects of --objects say of each break of an answer. Files on top of `live` are taken as what is about to be applied.
 * Throws Failure PC1013 or PC1052 for files, PC110x for the API server.
 */
export async function judgeByObjects(names: readonly string[], selection: LiveSelection, judged: Judged, io: Io): Promise<readonly ObjectsVerdict[]> {
  const { request, answer, proxy } = judged;
  const asked = {
    authority: request.authority ?? '',
    method: request.method ?? 'GET',
    path: request.path ?? '/',
    sni: request.tls?.sni ?? undefined,
    listener: answer.listener ?? undefined,
    routeConfig: answer.outcomes[0]?.route_config ?? undefined,
    port: request.destination?.port ?? request.listener?.port,
  };
  return judgeAnswer(asked, answer.outcomes, await objectSet(names, selection, judged, io), proxy);
}

async function objectSet(names: readonly string[], selection: LiveSelection, judged: Judged, io: Io): Promise<ObjectSet> {
  const files = names.filter((name) => name !== LIVE_OBJECTS);
  const own = files.length === 0 ? [] : readObjects(files);
  if (files.length === names.length) return { objects: own, isApplied: false, unread: new Set() };
  const { kubeApi } = await import('../source/kube/kube-api.ts');
  const { readKubeObjects } = await import('../source/kube/read-objects.ts');
  const { kubeconfig, context, as, 'as-group': asGroups } = selection;
  const api = kubeApi({ kubeconfig, context, as, asGroups, env: io.env });
  const { objects, unread } = await readKubeObjects(api, namespacesOf(judged, api.namespace));
  for (const { kind, why } of unread) io.err(`note[PC1135]: ${kind} objects are left out: ${why}\n`);
  const replaced = new Set(own.map(objectKey));
  const live = objects.flatMap((object) => kubeObjects(object, 'in the cluster')).filter((object) => !replaced.has(objectKey(object)));
  return { objects: [...own, ...live], isApplied: own.length === 0, unread: new Set(unread.map(({ kind }) => kind)) };
}

/** The proxy's namespace, those of the services that the request may go to, and Istio's own. */
function namespacesOf({ request, answer, proxy }: Judged, ofContext: string): readonly string[] {
  const hosts = [request.authority ?? '', ...answer.outcomes.map(({ cluster }) => cluster?.split('|').at(-1) ?? '')];
  const ofHosts = hosts.flatMap((host) => /^[^.:]+\.([^.:]+)(?:\.svc(?:\..*)?)?(?::\d+)?$/.exec(host)?.[1] ?? []);
  const ofRoutes = answer.outcomes.flatMap(({ cluster }) => /^(?:http|grpc)route\/([^/]+)\//.exec(cluster ?? '')?.[1] ?? []);
  const own = proxyIdentity(proxy).namespace || ofContext;
  return [...new Set([own, ...ofHosts, ...ofRoutes, 'istio-system'])];
}
