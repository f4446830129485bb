import { isJsonObject } from '../../dump/json-value.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import { closestNames, mistyped } from '../closest-names.ts';
import { type IstioCluster, parseIstioCluster } from '../istio-names.ts';
import { list, plural, quoted } from '../words.ts';
import { fullHost, hasLabels, type KubeObject, labelsText, listOf, objectName, objectsOf, textOf, textsOf } from './kube-object.ts';
import type { ProxyIdentity } from './proxy-identity.ts';

/** Istio's root namespace unless a mesh says otherwise. */
const ROOT_NAMESPACE = 'istio-system';

/** What the objects say about one missing cluster. */
export interface SubsetVerdict {
  readonly cluster: string;
  /** True where applying the objects would give the proxy this cluster with endpoints, as far as they tell. */
  readonly mends: boolean;
  readonly sentences: readonly string[];
}

/** Tells for a missing cluster of a subset which DestinationRule should give it, and why it does not. */
export function judgeSubset(name: string, objects: readonly KubeObject[], proxy: ProxyConfig, identity: ProxyIdentity): SubsetVerdict {
  const wanted = parseIstioCluster(name);
  if (wanted === undefined || wanted.subset === '') return judgeService(name, wanted, objects);
  const rules = objects.filter((object) => object.kind === 'DestinationRule' && fullHost(textOf(object.spec['host']), object.namespace) === wanted.host);
  if (rules.length === 0) {
    const hosts = objects.filter((o) => o.kind === 'DestinationRule').map((o) => fullHost(textOf(o.spec['host']), o.namespace));
    const [near] = closestNames(wanted.host, hosts, 6);
    const hint = near === undefined ? '' : `; the nearest is one for ${quoted(near)}`;
    return broken(name, `the objects hold no DestinationRule for host ${wanted.host}, which has to define subset ${quoted(wanted.subset)}${hint}`);
  }
  const seen = rules.map((rule) => ({ rule, hidden: whyHidden(rule, wanted, identity) }));
  const visible = seen.filter(({ hidden }) => hidden === undefined).map(({ rule }) => rule);
  if (visible.length === 0)
    return { cluster: name, mends: false, sentences: seen.map(({ rule, hidden }) => `${objectName(rule)} is not seen by this proxy: ${hidden}`) };
  const definer = visible.find((rule) => objectsOf(rule.spec['subsets']).some((subset) => subset['name'] === wanted.subset));
  if (definer === undefined) return broken(name, ...visible.map((rule) => lacks(rule, wanted)));
  const subset = objectsOf(definer.spec['subsets']).find((own) => own['name'] === wanted.subset);
  return judgeLabels(name, wanted, definer, textsOf(subset?.['labels']), objects, proxy);
}

/** exportTo, the namespaces that Istio looks in, and the workload selector. Source: Istio's sidecar scope and destination rule index. */
function whyHidden(rule: KubeObject, wanted: IstioCluster, identity: ProxyIdentity): string | undefined {
  const exportTo = listOf(rule.spec['exportTo']);
  const reaches =
    exportTo.length === 0 || exportTo.some((to) => to === '*' || to === identity.namespace || (to === '.' && rule.namespace === identity.namespace));
  if (!reaches) return `exportTo ${JSON.stringify(exportTo)} keeps it from namespace "${identity.namespace}", where the proxy is`;
  const service = wanted.host.split('.')[1] ?? '';
  const places = [identity.namespace, service, ROOT_NAMESPACE];
  if (wanted.host.endsWith('.svc.cluster.local') && !places.includes(rule.namespace))
    return `it lies in namespace "${rule.namespace}"; Istio looks for it in the proxy's (${quoted(identity.namespace)}), the service's (${quoted(service)}) and the root namespace`;
  const selector = isJsonObject(rule.spec['workloadSelector']) ? textsOf(rule.spec['workloadSelector']['matchLabels']) : {};
  if (Object.keys(selector).length > 0 && (rule.namespace !== identity.namespace || !hasLabels(identity.labels, selector)))
    return `its workloadSelector (${labelsText(selector)}) selects other workloads`;
  return undefined;
}

function lacks(rule: KubeObject, wanted: IstioCluster): string {
  const names = objectsOf(rule.spec['subsets']).map((subset) => textOf(subset['name']));
  const near = mistyped(wanted.subset, names, 3);
  const has =
    names.length === 0 ? 'it defines none' : near === undefined ? `it has ${list(names.map(quoted))}` : `it has ${quoted(near)}: is one of the two misspelt?`;
  return `${objectName(rule)} does not define subset ${quoted(wanted.subset)}; ${has}`;
}

/** A subset that is defined: what would be behind it. */
function judgeLabels(
  cluster: string,
  wanted: IstioCluster,
  rule: KubeObject,
  labels: Readonly<Record<string, string>>,
  objects: readonly KubeObject[],
  proxy: ProxyConfig,
): SubsetVerdict {
  const [name = '', namespace = ''] = wanted.host.split('.');
  const service = objects.find((o) => o.kind === 'Service' && o.name === name && o.namespace === namespace);
  const pods = objects.filter(
    (o) => o.kind === 'Pod' && o.namespace === namespace && (service === undefined || hasLabels(o.labels, textsOf(service.spec['selector']))),
  );
  const defines = `${objectName(rule)} (${rule.from}) defines subset ${quoted(wanted.subset)} with labels ${labelsText(labels) || '(none)'}`;
  if (pods.length > 0) {
    const fit = pods.filter((pod) => hasLabels(pod.labels, labels));
    if (fit.length > 0)
      return { cluster, mends: true, sentences: [`${defines}; ${plural(fit.length, 'pod')} of the objects carr${fit.length === 1 ? 'ies' : 'y'} them`] };
    return broken(
      cluster,
      `${defines}, and no pod carries them: the cluster would be there without endpoints (503 UH)${nearestLabels(
        labels,
        pods.map((pod) => pod.labels),
      )}`,
    );
  }
  const revisions = revisionsOf(wanted, proxy);
  const version = labels['version'];
  if (revisions.length === 0 || version === undefined || Object.keys(labels).length > 1)
    return { cluster, mends: true, sentences: [`${defines}; whether pods carry them cannot be told without Pods among the objects`] };
  const fit = revisions.filter((revision) => revision === version).length;
  if (fit > 0)
    return { cluster, mends: true, sentences: [`${defines}; by the dump, ${plural(fit, 'endpoint')} of the host ${fit === 1 ? 'is' : 'are'} of that version`] };
  const others = [...new Set(revisions)].map((revision) => ({ version: revision }));
  return broken(
    cluster,
    `${defines}, and by the dump no endpoint of the host is of that version: the cluster would be there without endpoints (503 UH)${nearestLabels(labels, others)}`,
  );
}

function nearestLabels(wanted: Readonly<Record<string, string>>, there: readonly Readonly<Record<string, string>>[]): string {
  const near = Object.entries(wanted).flatMap(([key, value]) => {
    const values = [...new Set(there.flatMap((labels) => labels[key] ?? []))];
    if (values.includes(value)) return [];
    return [values.length === 0 ? `no pod has a label ${key}` : `${key} is ${list(values.map(quoted))} there`];
  });
  return near.length === 0 ? '' : `; ${list(near)}`;
}

/** The versions of the endpoints of the host's own cluster, as Istio writes them into their metadata: `workload;namespace;app;version;cluster`. */
function revisionsOf(wanted: IstioCluster, proxy: ProxyConfig): readonly string[] {
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

/** A missing cluster that is of no subset: the Service itself, and its port. */
function judgeService(cluster: string, wanted: IstioCluster | undefined, objects: readonly KubeObject[]): SubsetVerdict {
  if (wanted === undefined) return broken(cluster, `the name ${quoted(cluster)} is not one of Istio's: the objects say nothing of it`);
  const [name = '', namespace = ''] = wanted.host.split('.');
  const service = objects.find((o) => o.kind === 'Service' && o.name === name && o.namespace === namespace);
  const entry = objects.find((o) => o.kind === 'ServiceEntry' && listOf(o.spec['hosts']).includes(wanted.host));
  const owner = service ?? entry;
  if (owner === undefined) return broken(cluster, `the objects hold no Service or ServiceEntry for host ${wanted.host}`);
  const ports = objectsOf(owner.spec['ports']).map((port) => String(port['port'] ?? port['number'] ?? ''));
  if (ports.includes(String(wanted.port))) return { cluster, mends: true, sentences: [`${objectName(owner)} (${owner.from}) has port ${wanted.port}`] };
  return broken(cluster, `${objectName(owner)} has no port ${wanted.port}; it has ${list(ports)}`);
}

function broken(cluster: string, ...sentences: readonly string[]): SubsetVerdict {
  return { cluster, mends: false, sentences };
}
