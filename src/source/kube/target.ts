import { Failure } from '../../dump/failure.ts';

/** A kind of object that a target may name. */
export interface TargetKind {
  /** Its plural in the API: `deployments`. */
  readonly resource: string;
  readonly group: string;
  /** As pc writes it: `deploy`. */
  readonly short: string;
}

/** `deploy/web.shop`, taken apart as far as its text alone tells. */
export interface Target {
  readonly text: string;
  readonly kind: TargetKind;
  /** The kind was given: `pod/x`, not `x`. */
  readonly isTyped: boolean;
  /** What it may mean, most likely first: a name may hold dots, and so may end with the namespace. */
  readonly candidates: readonly { readonly name: string; readonly namespace: string }[];
}

const kind = (short: string, resource: string, group: string, ...names: readonly string[]): readonly (readonly [string, TargetKind])[] =>
  [short, resource, `${resource}.${group}`, ...names].map((name) => [name, { short, resource, group }] as const);

const KINDS: ReadonlyMap<string, TargetKind> = new Map([
  ...kind('pod', 'pods', '', 'po'),
  ...kind('svc', 'services', '', 'service'),
  ...kind('deploy', 'deployments', 'apps', 'deployment'),
  ...kind('sts', 'statefulsets', 'apps', 'statefulset'),
  ...kind('ds', 'daemonsets', 'apps', 'daemonset'),
  ...kind('rs', 'replicasets', 'apps', 'replicaset'),
  ...kind('job', 'jobs', 'batch'),
  ...kind('gateway', 'gateways', 'gateway.networking.k8s.io', 'gtw'),
]);

export const POD_KIND: TargetKind = { short: 'pod', resource: 'pods', group: '' };

/** Every kind, by its short name. */
export const TARGET_KINDS: readonly TargetKind[] = [...new Map([...KINDS.values()].map((k) => [k.short, k])).values()];

/**
 * Reads `[TYPE/]NAME[.NAMESPACE]`. In: the text, `-n`, and the namespace of the context. Throws Failure PC1120 for a kind that holds no
 * pods, or a text that is no name.
 */
export function parseTarget(text: string, namespace: string | undefined, contextNamespace: string): Target {
  const slash = text.indexOf('/');
  const isTyped = slash >= 0;
  const typed = isTyped ? text.slice(0, slash).toLowerCase() : 'pod';
  const name = text.slice(slash + 1);
  const found = KINDS.get(typed);
  if (found === undefined) {
    const what = `the target ${text}: ${JSON.stringify(typed)} is no kind that pc finds pods by`;
    throw new Failure({ id: 'PC1120', what, next: `use one of ${TARGET_KINDS.map((k) => `${k.short}/`).join(', ')}, or a pod's name` });
  }
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/i.test(name)) {
    throw new Failure({
      id: 'PC1120',
      what: `the target ${JSON.stringify(text)} is not a name`,
      next: 'write POD, POD.NAMESPACE, or deploy/NAME -n NAMESPACE',
    });
  }
  return { text, kind: found, isTyped, candidates: candidatesOf(name, namespace, contextNamespace) };
}

function candidatesOf(name: string, namespace: string | undefined, contextNamespace: string): Target['candidates'] {
  const dot = name.lastIndexOf('.');
  const whole = { name, namespace: namespace ?? contextNamespace };
  if (dot < 0) return [whole];
  const split = { name: name.slice(0, dot), namespace: name.slice(dot + 1) };
  if (namespace === undefined) return [split, whole];
  return split.namespace === namespace ? [split, whole] : [whole];
}
