import { isJsonObject } from '../../dump/json-value.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import type { IstioCluster } from '../istio-names.ts';
import { list, plural, quoted } from '../words.ts';
import { hasLabels, type KubeObject, labelsText, objectOf, objectsOf, textOf, textsOf } from './kube-object.ts';
import { type ObjectSet, ofKind } from './object-set.ts';

type Labels = Readonly<Record<string, string>>;

/** The pods that a Service's selector takes, with these labels besides. */
export function podsOf(service: KubeObject, set: ObjectSet, labels: Labels = {}): readonly KubeObject[] {
  const selector = { ...textsOf(service.spec['selector']), ...labels };
  return ofKind(set, 'Pod').filter((pod) => pod.namespace === service.namespace && hasLabels(pod.labels, selector));
}

/** Whether a pod gets requests: ready by its own status and that of its EndpointSlice; where neither says anything, it is taken to be. */
export function isReadyPod(pod: KubeObject, set: ObjectSet): boolean {
  if (sliceState(pod, set) === false) return false;
  const conditions = objectsOf(pod.status['conditions']);
  return conditions.length === 0 || conditions.some((condition) => condition['type'] === 'Ready' && condition['status'] === 'True');
}

/** What the EndpointSlices say of a pod; undefined where none names it. */
function sliceState(pod: KubeObject, set: ObjectSet): boolean | undefined {
  const slices = ofKind(set, 'EndpointSlice').filter((slice) => slice.namespace === pod.namespace);
  const endpoint = slices.flatMap((slice) => objectsOf(slice.spec['endpoints'])).find((own) => objectOf(own['targetRef'])['name'] === pod.name);
  return endpoint === undefined ? undefined : objectOf(endpoint['conditions'])['ready'] !== false;
}

/** `catalog-7d9 (not ready: ContainersNotReady)`. */
export function unreadyText(pod: KubeObject): string {
  const condition = objectsOf(pod.status['conditions']).find((own) => own['type'] === 'Ready');
  const reason = textOf(condition?.['reason']);
  return `${pod.name} (not ready${reason === '' ? '' : `: ${reason}`})`;
}

/** Where a Service's port leads in a pod: a number, or the name of a container's port that is looked up; undefined for a name that the pod lacks. */
export function targetPort(port: Readonly<Record<string, unknown>>, pod: KubeObject): number | undefined {
  const target = port['targetPort'] ?? port['port'];
  if (typeof target === 'number') return target;
  if (/^\d+$/.test(String(target))) return Number(target);
  return containerPorts(pod).find((own) => own.name === target)?.port;
}

export function containerPorts(pod: KubeObject): readonly { readonly name: string; readonly port: number }[] {
  return objectsOf(pod.spec['containers']).flatMap((container) =>
    objectsOf(container['ports']).map((own) => ({ name: textOf(own['name']), port: Number(own['containerPort']) })),
  );
}

/** What keeps labels from fitting any of those that are there: `version is "v1" and "v2" there`. */
export function nearestLabels(wanted: Labels, there: readonly Labels[]): string {
  const near = Object.entries(wanted).flatMap(([key, value]) => {
    const values = [...new Set(there.flatMap((labels) => labels[key] ?? []))];
    if (values.includes(value)) return [];
    return [values.length === 0 ? `no pod has a label ${key}` : `${key} is ${list(values.slice(0, 5).map(quoted))} there`];
  });
  return near.length === 0 ? '' : `; ${list(near)}`;
}

/** The pods of a Service in words, where none of them gets requests; undefined where some do, or where no pod is known. */
export function whyNoPods(service: KubeObject, set: ObjectSet): string | undefined {
  const selector = textsOf(service.spec['selector']);
  if (Object.keys(selector).length === 0) return undefined;
  const known = ofKind(set, 'Pod').filter((pod) => pod.namespace === service.namespace);
  if (known.length === 0)
    return set.isApplied && !set.unread.has('Pod') ? `namespace ${quoted(service.namespace)} has no pods: is the workload scaled to 0?` : undefined;
  const fit = podsOf(service, set);
  const labels = known.map((pod) => pod.labels);
  if (fit.length === 0) return `no pod has the labels of its selector (${labelsText(selector)})${nearestLabels(selector, labels)}`;
  const ready = fit.filter((pod) => isReadyPod(pod, set));
  if (ready.length > 0) return undefined;
  return `${plural(fit.length, 'pod')} of its selector, none ready: ${list(fit.slice(0, 3).map(unreadyText))}`;
}

/** The versions of the endpoints of the host's own cluster, as Istio writes them into their metadata: `workload;namespace;app;version;cluster`. */
export function versionsInDump(wanted: IstioCluster, proxy: ProxyConfig): readonly string[] {
  const names = new Set([`outbound|${wanted.port}||${wanted.host}`, `outbound_.${wanted.port}_._.${wanted.host}`]);
  const assignment = proxy.endpoints.find((endpoint) => names.has(endpoint.name));
  return (assignment?.value.endpoints ?? []).flatMap((locality) =>
    (locality.lb_endpoints ?? []).flatMap((endpoint) => {
      const istio = endpoint.metadata?.filter_metadata?.['istio'];
      const workload = isJsonObject(istio) ? textOf(istio['workload']) : '';
      const version = workload.split(';')[3];
      return version ? [version] : [];
    }),
  );
}
