import { Failure } from '../../dump/failure.ts';
import type { KubeApi } from './kube-api.ts';
import type { ObjectMeta, Pod, Service } from './kube-objects.ts';

/** Something that was asked of the API server, or why it was not to be had. */
export type Asked<T> = { readonly value: T } | { readonly why: string };

/** A pod with what of its namespace decides about its sidecar. */
export interface PodSurroundings {
  readonly pod: Pod;
  readonly services: Asked<readonly Service[]>;
  /** Labels of its namespace: the level of Pod Security stands there. */
  readonly namespaceLabels: Asked<Readonly<Record<string, string>>>;
}

/** Lists the services of a pod's namespace and reads the namespace: one call for each. What a role forbids is left out with its reason. */
export async function podSurroundings(api: KubeApi, pod: Pod): Promise<PodSurroundings> {
  const namespace = pod.metadata.namespace ?? api.namespace;
  const [services, own] = await Promise.all([
    asked(api.list<Service>({ verb: 'list', resource: 'services', group: '', namespace })),
    asked(api.get<{ readonly metadata: ObjectMeta }>({ verb: 'get', resource: 'namespaces', group: '', namespace: undefined, name: namespace })),
  ]);
  return { pod, services, namespaceLabels: 'why' in own ? own : { value: own.value.metadata.labels ?? {} } };
}

async function asked<T>(answer: Promise<T>): Promise<Asked<T>> {
  try {
    return { value: await answer };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { why: error.message };
  }
}
