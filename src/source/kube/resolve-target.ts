import { Failure } from '../../dump/failure.ts';
import type { KubeApi } from './kube-api.ts';
import { KubeStatusFailure } from './kube-failure.ts';
import type { ObjectMeta, Pod, Workload } from './kube-objects.ts';
import { podStateText } from './pod-state.ts';
import { pickReason, rankPods } from './rank-pods.ts';
import { selectorText } from './selector-text.ts';
import { POD_KIND, parseTarget, TARGET_KINDS, type Target, type TargetKind } from './target.ts';

/** What a command line says about the pods it wants. */
export interface PodSelection {
  readonly targets: readonly string[];
  readonly namespace?: string | undefined;
  readonly allNamespaces?: boolean;
  readonly selector?: string | undefined;
  /** Every pod of a target, not the best one. */
  readonly allPods: boolean;
  /** A name may be cut short: someone reads what was taken. */
  readonly mayShorten: boolean;
  /** The names most like a wanted one. */
  readonly nearest: (wanted: string, names: readonly string[]) => readonly string[];
}

/** The pods that were found, and what the user should know about the choice. */
export interface FoundPods {
  readonly pods: readonly Pod[];
  readonly notes: readonly string[];
}

const LISTED = 6;
const SCALED: ReadonlySet<string> = new Set(['deploy', 'sts', 'rs']);

/** The pods that a command line asks for. Throws Failure PC1105 to PC1109, PC1120. */
export async function resolvePods(api: KubeApi, selection: PodSelection): Promise<FoundPods> {
  const found: Pod[] = [];
  const notes: string[] = [];
  if (selection.selector !== undefined || selection.targets.length === 0) {
    const some = await podsBySelector(api, selection);
    found.push(...some.pods);
    notes.push(...some.notes);
  }
  for (const text of selection.targets) {
    const some = await podsOfTarget(api, parseTarget(text, selection.namespace, api.namespace), selection);
    found.push(...some.pods);
    notes.push(...some.notes);
  }
  return { pods: [...new Map(found.map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, pod])).values()], notes };
}

async function podsBySelector(api: KubeApi, selection: PodSelection): Promise<FoundPods> {
  const namespace = selection.allNamespaces ? undefined : (selection.namespace ?? api.namespace);
  const { selector } = selection;
  const pods = await listPods(api, namespace, selector === undefined ? {} : { labelSelector: selector });
  const where = namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`;
  const label = selector === undefined ? `all pods ${where}` : `-l ${selector}`;
  if (pods.length === 0) {
    if (namespace !== undefined) await checkNamespace(api, namespace, selection);
    const what = selector === undefined ? `there are no pods ${where}` : `no pod ${where} has the labels ${selector}`;
    throw new Failure({ id: 'PC1107', what, next: `kubectl get pods --show-labels ${namespace === undefined ? '-A' : `-n ${namespace}`} shows what there is` });
  }
  return choose(label, pods, selection);
}

async function podsOfTarget(api: KubeApi, target: Target, selection: PodSelection): Promise<FoundPods> {
  let first: unknown;
  for (const candidate of target.candidates) {
    try {
      if (target.kind.resource === 'pods') return await onePod(api, candidate.name, candidate.namespace);
      return await podsOfWorkload(api, target, candidate.name, candidate.namespace, selection);
    } catch (error) {
      if (!(error instanceof KubeStatusFailure) || (error.status !== 404 && error.status !== 403)) throw error;
      // A namespace that is only a part of the name may be one that nothing may be read in: the other reading counts too.
      first = first === undefined || (first as KubeStatusFailure).status === 404 ? error : first;
    }
  }
  if (first instanceof KubeStatusFailure && first.status === 404) return notFound(api, target, selection, first);
  throw first;
}

async function onePod(api: KubeApi, name: string, namespace: string): Promise<FoundPods> {
  const pod = withNamespace(await api.get<Pod>({ verb: 'get', ...POD_KIND, namespace, name }), namespace);
  const [running] = rankPods([pod]);
  if (running === undefined && pod.status?.phase !== 'Running')
    throw new Failure({ id: 'PC1108', what: `pod ${name} does not run: ${podStateText(pod)}`, next: describeNext(pod) });
  return { pods: [pod], notes: [] };
}

async function podsOfWorkload(api: KubeApi, target: Target, name: string, namespace: string, selection: PodSelection): Promise<FoundPods> {
  const { kind } = target;
  const pods = kind.short === 'gateway' ? await podsOfGateway(api, name, namespace) : await podsOfSelector(api, kind, name, namespace);
  const label = `${kind.short}/${name}`;
  if (pods.length === 0) {
    const what = `${label} in namespace ${namespace} has no pods`;
    throw new Failure({
      id: 'PC1107',
      what,
      next: `kubectl describe ${kind.short} ${name} -n ${namespace} tells why${SCALED.has(kind.short) ? '; is it scaled to 0?' : ''}`,
    });
  }
  return choose(label, pods, selection);
}

async function podsOfSelector(api: KubeApi, kind: TargetKind, name: string, namespace: string): Promise<readonly Pod[]> {
  const workload = await api.get<Workload>({ verb: 'get', ...kind, namespace, name });
  const labelSelector = selectorText(workload.spec?.selector);
  if (labelSelector === '') {
    const what = `${kind.short}/${name} in namespace ${namespace} selects no pods by labels`;
    throw new Failure({ id: 'PC1107', what, next: 'name one of the pods behind it' });
  }
  return listPods(api, namespace, { labelSelector });
}

/** A Gateway's pods: beside it for most implementations; for Envoy Gateway in a namespace of its own. */
async function podsOfGateway(api: KubeApi, name: string, namespace: string): Promise<readonly Pod[]> {
  const beside = await listPods(api, namespace, { labelSelector: `gateway.networking.k8s.io/gateway-name=${name}` });
  if (beside.length > 0) return beside;
  await api.get<Workload>({ verb: 'get', resource: 'gateways', group: 'gateway.networking.k8s.io', namespace, name });
  const owning = 'gateway.envoyproxy.io/owning-gateway';
  return listPods(api, undefined, { labelSelector: `${owning}-name=${name},${owning}-namespace=${namespace}` });
}

function choose(label: string, pods: readonly Pod[], selection: PodSelection): FoundPods {
  const ranked = rankPods(pods);
  const [best] = ranked;
  if (best === undefined) throw notRunning(label, pods);
  if (!selection.allPods) return { pods: [best], notes: [pickReason(label, pods, ranked)] };
  const left = pods.length - ranked.length;
  return { pods: ranked, notes: left === 0 ? [] : [`${label}: ${left} of ${pods.length} pods left out, which do not run`] };
}

/** Nothing has this name: a pod whose name it begins, where that may be; else the names that are near. */
async function notFound(api: KubeApi, target: Target, selection: PodSelection, cause: KubeStatusFailure): Promise<FoundPods> {
  const [{ name, namespace } = { name: target.text, namespace: api.namespace }] = target.candidates
    .toSorted((a, b) => Number(b.name.includes('.')) - Number(a.name.includes('.')))
    .slice(-1);
  await checkNamespace(api, namespace, selection);
  const kinds = target.isTyped ? [target.kind] : TARGET_KINDS.filter((kind) => ['pod', 'deploy', 'sts', 'ds'].includes(kind.short));
  const shown = new Map<string, string>();
  for (const kind of kinds) {
    const objects = await api.list<Workload & Pod>({ verb: 'list', ...kind, namespace }).catch(() => []);
    if (kind.short === 'pod') {
      const begun = objects.filter((pod) => pod.metadata.name.startsWith(name)).map((pod) => withNamespace(pod, namespace));
      const [only, ...more] = begun;
      if (only !== undefined && more.length === 0 && selection.mayShorten)
        return { pods: [only], notes: [`${target.text}: pod ${only.metadata.name}, the only one whose name begins so`] };
      if (only !== undefined && more.length > 0 && selection.mayShorten) {
        const what = `${target.text} is the beginning of ${begun.length} pods' names`;
        throw new Failure({ id: 'PC1109', what, next: `give one of ${listed(begun.map((pod) => pod.metadata.name))}`, cause });
      }
    }
    for (const { metadata } of objects) {
      if (!shown.has(metadata.name)) shown.set(metadata.name, kind.short === 'pod' ? metadata.name : `${kind.short}/${metadata.name}`);
    }
  }
  const near = selection.nearest(name, [...shown.keys()]).map((found) => shown.get(found) ?? found);
  const what = `there is no ${target.kind.short} ${name} in namespace ${namespace}`;
  const next =
    near.length > 0 ? `did you mean ${listed(near)}?` : `kubectl get ${target.kind.short} -n ${namespace} lists what there is; -n picks another namespace`;
  throw new Failure({ id: 'PC1106', what, place: api.name.server, next, cause });
}

/** Throws Failure PC1106 for a namespace that is not there. A role that may not tell lets it pass. */
async function checkNamespace(api: KubeApi, namespace: string, selection: PodSelection): Promise<void> {
  try {
    await api.get({ verb: 'get', resource: 'namespaces', group: '', namespace: undefined, name: namespace });
  } catch (error) {
    if (!(error instanceof KubeStatusFailure) || error.status !== 404) return;
    const all = await api.list<{ readonly metadata: ObjectMeta }>({ verb: 'list', resource: 'namespaces', group: '', namespace: undefined }).catch(() => []);
    const near = selection.nearest(
      namespace,
      all.map((item) => item.metadata.name),
    );
    const next = near.length > 0 ? `did you mean ${listed(near)}?` : 'kubectl get namespaces lists what there is';
    throw new Failure({ id: 'PC1106', what: `there is no namespace ${namespace}`, place: api.name.server, next, cause: error });
  }
}

async function listPods(api: KubeApi, namespace: string | undefined, query: Readonly<Record<string, string>>): Promise<readonly Pod[]> {
  const pods = await api.list<Pod>({ verb: 'list', ...POD_KIND, namespace }, query);
  return pods.map((pod) => (namespace === undefined ? pod : withNamespace(pod, namespace)));
}

function withNamespace(pod: Pod, namespace: string): Pod {
  return pod.metadata.namespace === undefined ? { ...pod, metadata: { ...pod.metadata, namespace } } : pod;
}

function notRunning(label: string, pods: readonly Pod[]): Failure {
  const states = pods.slice(0, LISTED).map((pod) => `${pod.metadata.name}: ${podStateText(pod)}`);
  const rest = pods.length > LISTED ? `, and ${pods.length - LISTED} more` : '';
  const what = `no pod of ${label} runs (${states.join(', ')}${rest})`;
  const [first] = pods;
  return new Failure({ id: 'PC1108', what, next: describeNext(first) });
}

function describeNext(pod: Pod | undefined): string {
  return `kubectl describe pod ${pod?.metadata.name} -n ${pod?.metadata.namespace} tells why`;
}

function listed(names: readonly string[]): string {
  const rest = names.length > LISTED ? ` … and ${names.length - LISTED} more` : '';
  return names.slice(0, LISTED).join(', ') + rest;
}
