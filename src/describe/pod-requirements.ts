import type { PodRequirement, Role } from './description.ts';
import { ISTIO_OWN_PORTS } from './istio-ports.ts';
import type { PodContainer, PodFacts } from './pod-facts.ts';
import { portProtocols, serviceMembership } from './service-requirements.ts';

/** The user and group that Istio's proxy runs as: what they send is not redirected. */
const PROXY_ID = 1337;
const CAPABILITIES = ['NET_ADMIN', 'NET_RAW'] as const;
const ISTIO_CONTAINERS: ReadonlySet<string> = new Set(['istio-proxy', 'istio-init', 'istio-validation', 'enable-core-dump']);

/**
 * What Istio asks of a pod with its proxy, each requirement judged. In: the pod, its services, its namespace, and what the proxy is for:
 * of a gateway or waypoint, which redirects nothing, only some are asked.
 * Source: https://istio.io/latest/docs/ops/deployment/application-requirements/
 */
export function podRequirements(facts: PodFacts, role: Role | undefined): readonly PodRequirement[] {
  if (role !== 'sidecar') return [serviceMembership(facts), ...portProtocols(facts), hostNetwork(facts, false)];
  return [
    serviceMembership(facts),
    ...portProtocols(facts),
    applicationUser(facts),
    ...capabilities(facts),
    hostNetwork(facts, true),
    labels(facts),
    ownPorts(facts),
  ];
}

function applications({ pod }: PodFacts): readonly PodContainer[] {
  return (pod.spec?.containers ?? []).filter(({ name }) => !ISTIO_CONTAINERS.has(name));
}

function applicationUser(facts: PodFacts): PodRequirement {
  const requirement = `no application runs as user ${PROXY_ID}`;
  const own = facts.pod.spec?.securityContext;
  const wrong = applications(facts).flatMap(({ name, securityContext }) => {
    const user = securityContext?.runAsUser ?? own?.runAsUser;
    const group = securityContext?.runAsGroup ?? own?.runAsGroup;
    return user === PROXY_ID ? [`container ${name} does`] : group === PROXY_ID ? [`container ${name} has group ${PROXY_ID}`] : [];
  });
  if (wrong.length > 0) return { requirement, state: 'broken', detail: `${wrong.join(', ')}: its traffic goes past the proxy; set another runAsUser` };
  const isSet = applications(facts).every(({ securityContext }) => (securityContext?.runAsUser ?? own?.runAsUser) !== undefined);
  return { requirement, state: 'met', detail: isSet ? '' : 'as far as the pod says; the user of an image is not in it' };
}

/** Without the CNI plugin an init container sets up the redirection, which takes both capabilities; Pod Security may forbid them. */
function capabilities({ pod, namespaceLabels }: PodFacts): readonly PodRequirement[] {
  const requirement = 'NET_ADMIN and NET_RAW are allowed, unless the Istio CNI plugin redirects';
  const init = pod.spec?.initContainers?.find(({ name }) => name === 'istio-init');
  if (init === undefined) {
    const withPlugin = pod.spec?.initContainers?.some(({ name }) => name === 'istio-validation');
    const detail = withPlugin
      ? 'the CNI plugin redirects (istio-validation stands in place of istio-init)'
      : 'no istio-init container: something else redirects, or nothing does';
    return [{ requirement, state: withPlugin ? 'met' : 'unknown', detail }];
  }
  const added = new Set(init.securityContext?.capabilities?.add?.map((name) => name.replace(/^CAP_/, '')));
  const missing = added.has('ALL') ? [] : CAPABILITIES.filter((name) => !added.has(name));
  if (missing.length > 0)
    return [{ requirement, state: 'broken', detail: `istio-init does not add ${missing.join(' and ')}: it cannot set up the redirection` }];
  const level = 'why' in namespaceLabels ? undefined : namespaceLabels.value['pod-security.kubernetes.io/enforce'];
  if (level === 'baseline' || level === 'restricted') {
    const detail = `its namespace enforces Pod Security level ${level}, which forbids them: the next pod is not let in; use the CNI plugin or another level`;
    return [{ requirement, state: 'broken', detail }];
  }
  const unread = 'why' in namespaceLabels ? `istio-init adds both; its namespace could not be read: ${namespaceLabels.why}` : 'istio-init adds both';
  return [{ requirement, state: 'met', detail: unread }];
}

function hostNetwork({ pod }: PodFacts, isSidecar: boolean): PodRequirement {
  const requirement = "not in its node's network (hostNetwork)";
  if (pod.spec?.hostNetwork !== true) return { requirement, state: 'met', detail: '' };
  if (isSidecar) return { requirement, state: 'broken', detail: "it is: the redirection would take the node's traffic; Istio injects no sidecar there" };
  return { requirement, state: 'advice', detail: "it is: the proxy's ports are the node's" };
}

/** The labels that telemetry names a workload by, in Istio's order. */
function labels({ pod }: PodFacts): PodRequirement {
  const requirement = 'labels app and version, for telemetry and subsets';
  const has = (...keys: readonly string[]): boolean => keys.some((key) => (pod.metadata.labels?.[key] ?? '') !== '');
  const missing = [
    has('service.istio.io/canonical-name', 'app.kubernetes.io/name', 'app') ? '' : 'app',
    has('service.istio.io/canonical-revision', 'app.kubernetes.io/version', 'version') ? '' : 'version',
  ].filter((name) => name !== '');
  return {
    requirement,
    state: missing.length === 0 ? 'met' : 'advice',
    detail: missing.length === 0 ? '' : `it has no label ${missing.join(' and no label ')}`,
  };
}

function ownPorts(facts: PodFacts): PodRequirement {
  const requirement = "no application has one of Istio's own ports";
  const taken = applications(facts).flatMap(({ name, ports = [] }) =>
    ports.filter(({ containerPort }) => ISTIO_OWN_PORTS.has(containerPort)).map(({ containerPort }) => `container ${name} has ${containerPort}`),
  );
  if (taken.length > 0) return { requirement, state: 'broken', detail: `${taken.join(', ')}: give it another port` };
  const listed = applications(facts).some(({ ports = [] }) => ports.length > 0);
  return { requirement, state: 'met', detail: listed ? '' : 'as far as the pod says: its containers list no ports' };
}
