import type { ProxyConfig } from '../../model/proxy-config.ts';
import { closestNames, mistyped } from '../closest-names.ts';
import { type IstioCluster, parseIstioCluster } from '../istio-names.ts';
import { list, plural, quoted } from '../words.ts';
import { judgeService } from './judge-services.ts';
import { broken, type Judgement, mended } from './judgement.ts';
import { fullHost, hasLabels, type KubeObject, labelsText, objectName, objectsOf, textOf, textsOf } from './kube-object.ts';
import { holders, type ObjectSet, ofKind, ROOT_NAMESPACE, serviceOf } from './object-set.ts';
import { isReadyPod, nearestLabels, unreadyText, versionsInDump } from './pods-behind.ts';
import type { ProxyIdentity } from './proxy-identity.ts';
import { hiddenByExport, hiddenBySelector } from './visibility.ts';

/** Tells for a cluster of Istio's, missing or empty, which objects should give it, and why they do not. */
export function judgeCluster(name: string, set: ObjectSet, proxy: ProxyConfig, identity: ProxyIdentity): Judgement {
  const wanted = parseIstioCluster(name);
  if (wanted === undefined) return broken(name, `the name ${quoted(name)} is not one of Istio's: the objects say nothing of it`);
  if (wanted.subset === '') return judgeService(name, wanted.host, wanted.port, set, identity);
  const own = rulesFor(wanted.host, set);
  if (own.length === 0) return broken(name, noRule(wanted, set));
  const seen = own.map((rule) => ({ rule, hidden: whyHidden(rule, wanted.host, identity) }));
  const visible = seen.filter(({ hidden }) => hidden === undefined).map(({ rule }) => rule);
  if (visible.length === 0) return broken(name, ...seen.map(({ rule, hidden }) => `${objectName(rule)} is not seen by this proxy: ${hidden}`));
  const definer = visible.find((rule) => objectsOf(rule.spec['subsets']).some((subset) => subset['name'] === wanted.subset));
  if (definer === undefined) return broken(name, ...visible.map((rule) => lacks(rule, wanted)));
  const subset = objectsOf(definer.spec['subsets']).find((one) => one['name'] === wanted.subset);
  const labels = judgeLabels(name, wanted, definer, textsOf(subset?.['labels']), set, proxy);
  const service = judgeService(name, wanted.host, wanted.port, set, identity);
  // The subset is of a host that has to be there itself; where nothing is known of it, the dump's own cluster of the host speaks for it.
  const isKnown = serviceOf(wanted.host, set) !== undefined;
  return isKnown && service.mends === false && labels.mends ? { ...service, sentences: [...labels.sentences, ...service.sentences] } : labels;
}

/** The DestinationRules for a host. */
export function rulesFor(host: string, set: ObjectSet): readonly KubeObject[] {
  return ofKind(set, 'DestinationRule').filter((rule) => fullHost(textOf(rule.spec['host']), rule.namespace) === host);
}

function noRule(wanted: IstioCluster, set: ObjectSet): string {
  const hosts = ofKind(set, 'DestinationRule').map((rule) => fullHost(textOf(rule.spec['host']), rule.namespace));
  const [near] = closestNames(wanted.host, hosts, 6);
  const hint = near === undefined ? '' : `; the nearest is one for ${quoted(near)}`;
  if (set.unread.has('DestinationRule'))
    return `whether a DestinationRule defines subset ${quoted(wanted.subset)} of ${wanted.host} cannot be told: they could not be read`;
  return `${holders(set)} no DestinationRule for host ${wanted.host}, which has to define subset ${quoted(wanted.subset)}${hint}`;
}

/** exportTo, the namespaces that Istio looks in, and the workload selector. Source: Istio's sidecar scope and destination rule index. */
export function whyHidden(rule: KubeObject, host: string, identity: ProxyIdentity): string | undefined {
  const byExport = hiddenByExport(rule, identity);
  if (byExport !== undefined) return byExport;
  const service = host.split('.')[1] ?? '';
  const places = [identity.namespace, service, ROOT_NAMESPACE];
  if (host.endsWith('.svc.cluster.local') && !places.includes(rule.namespace))
    return `it lies in namespace ${quoted(rule.namespace)}; Istio looks for it in the proxy's (${quoted(identity.namespace)}), the service's (${quoted(service)}) and the root namespace`;
  return hiddenBySelector(rule, identity);
}

function lacks(rule: KubeObject, wanted: IstioCluster): string {
  const names = objectsOf(rule.spec['subsets']).map((subset) => textOf(subset['name']));
  const near = mistyped(wanted.subset, names, 3);
  const has =
    names.length === 0 ? 'it defines none' : near === undefined ? `it has ${list(names.map(quoted))}` : `it has ${quoted(near)}: is one of the two misspelt?`;
  return `${objectName(rule)} does not define subset ${quoted(wanted.subset)}; ${has}`;
}

/** A subset that is defined: what would be behind it, by the pods among the objects, else by the endpoints that the dump has of the host. */
function judgeLabels(
  cluster: string,
  wanted: IstioCluster,
  rule: KubeObject,
  labels: Readonly<Record<string, string>>,
  set: ObjectSet,
  proxy: ProxyConfig,
): Judgement {
  const [, namespace = ''] = wanted.host.split('.');
  const selector = textsOf(serviceOf(wanted.host, set)?.spec['selector']);
  const pods = ofKind(set, 'Pod').filter((pod) => pod.namespace === namespace && hasLabels(pod.labels, selector));
  const defines = `${objectName(rule)} (${rule.from}) defines subset ${quoted(wanted.subset)} with labels ${labelsText(labels) || '(none)'}`;
  const empty = 'the cluster would be there without endpoints (503 UH)';
  if (pods.length > 0) {
    const fit = pods.filter((pod) => hasLabels(pod.labels, labels));
    const ready = fit.filter((pod) => isReadyPod(pod, set));
    if (ready.length > 0) return mended(cluster, `${defines}; ${plural(ready.length, 'ready pod')} carr${ready.length === 1 ? 'ies' : 'y'} them`);
    if (fit.length > 0) return broken(cluster, `${defines}; of the pods that carry them none is ready: ${list(fit.slice(0, 3).map(unreadyText))}: ${empty}`);
    const there = pods.map((pod) => pod.labels);
    return broken(cluster, `${defines}, and no pod carries them: ${empty}${nearestLabels(labels, there)}`);
  }
  const versions = versionsInDump(wanted, proxy);
  const version = labels['version'];
  if (versions.length === 0 || version === undefined || Object.keys(labels).length > 1)
    return mended(cluster, `${defines}; whether pods carry them cannot be told without Pods among the objects`);
  const fit = versions.filter((own) => own === version).length;
  if (fit > 0) return mended(cluster, `${defines}; by the dump, ${plural(fit, 'endpoint')} of the host ${fit === 1 ? 'is' : 'are'} of that version`);
  const others = [...new Set(versions)].map((own) => ({ version: own }));
  return broken(cluster, `${defines}, and by the dump no endpoint of the host is of that version: ${empty}${nearestLabels(labels, others)}`);
}
