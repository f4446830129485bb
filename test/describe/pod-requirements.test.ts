import { describe, expect, test } from 'vitest';
import type { PodRequirement } from '../../src/describe/description.ts';
import type { DescribedPod, DescribedService, PodFacts } from '../../src/describe/pod-facts.ts';
import { podRequirements } from '../../src/describe/pod-requirements.ts';

const LABELS = { app: 'web', version: 'v1' };
const INIT = { name: 'istio-init', securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } } };
const WEB: DescribedService = { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } };

function facts(spec: DescribedPod['spec'] = {}, more: Partial<PodFacts> & { readonly labels?: Record<string, string> } = {}): PodFacts {
  const { labels = LABELS, ...rest } = more;
  const containers = [
    { name: 'app', ports: [{ containerPort: 8080 }], securityContext: { runAsUser: 1000 } },
    { name: 'istio-proxy', securityContext: { runAsUser: 1337 } },
  ];
  return {
    pod: { metadata: { name: 'web-1', labels }, spec: { containers, initContainers: [INIT], ...spec } },
    services: { value: [WEB] },
    namespaceLabels: { value: {} },
    ...rest,
  };
}

const of = (found: readonly PodRequirement[], part: string): PodRequirement => found.find(({ requirement }) => requirement.includes(part)) as PodRequirement;
const service = (port: NonNullable<NonNullable<DescribedService['spec']>['ports']>[number], name = 'web'): DescribedService => ({
  metadata: { name },
  spec: { selector: { app: 'web' }, ports: [port] },
});

describe('what Istio asks of a pod', () => {
  test('a pod as Istio wants it keeps everything', () => {
    const found = podRequirements(facts(), 'sidecar');
    expect(found.map(({ state }) => state)).toEqual(found.map(() => 'met'));
    expect(of(found, 'belongs to a Service').detail).toBe('web');
  });

  test('a pod that no Service selects is not known to the mesh', () => {
    const found = of(podRequirements(facts({}, { labels: { app: 'other' } }), 'sidecar'), 'belongs to a Service');
    expect(found).toMatchObject({ state: 'broken', detail: expect.stringContaining('none of the 1 Services') });
  });

  test('a Service without a selector has no pods', () => {
    const services = { value: [{ metadata: { name: 'external' }, spec: { ports: [{ port: 80 }] } }] };
    expect(of(podRequirements(facts({}, { services }), 'sidecar'), 'belongs to a Service').state).toBe('broken');
  });

  test('Services that may not be listed leave membership and protocols unknown, with the reason', () => {
    const found = podRequirements(facts({}, { services: { why: 'your role may not list services in namespace shop' } }), 'sidecar');
    expect(of(found, 'belongs to a Service')).toMatchObject({ state: 'unknown', detail: expect.stringContaining('may not list services') });
    expect(of(found, 'say their protocol').state).toBe('unknown');
  });

  test.each([
    [{ name: 'http-web', port: 80 }, 'met'],
    [{ name: 'grpc-web', port: 80 }, 'met'],
    [{ name: 'HTTP2', port: 80 }, 'met'],
    [{ name: 'web', appProtocol: 'http', port: 80 }, 'met'],
    [{ name: 'web', appProtocol: 'kubernetes.io/h2c', port: 80 }, 'met'],
    [{ name: 'httpweb', port: 80 }, 'advice'],
    [{ port: 80 }, 'advice'],
    [{ port: 53, protocol: 'UDP' }, 'met'],
  ] as const)('port %j says its protocol: %s', (port, state) => {
    expect(of(podRequirements(facts({}, { services: { value: [service(port)] } }), 'sidecar'), 'say their protocol').state).toBe(state);
  });

  test('one port that is HTTP in one Service and TCP in another', () => {
    const services = { value: [service({ name: 'http', port: 80 }), service({ name: 'tcp', port: 80 }, 'web-tcp')] };
    expect(of(podRequirements(facts({}, { services }), 'sidecar'), 'one protocol')).toMatchObject({
      state: 'broken',
      detail: 'port 80 is http in Service web and tcp in Service web-tcp',
    });
  });

  test('an application as user 1337 goes past the proxy, be it by its own setting or by the pod’s', () => {
    const own = podRequirements(facts({ containers: [{ name: 'app', securityContext: { runAsUser: 1337 } }] }), 'sidecar');
    expect(of(own, '1337')).toMatchObject({ state: 'broken', detail: expect.stringContaining('container app does') });
    const pods = podRequirements(facts({ securityContext: { runAsUser: 1337 }, containers: [{ name: 'app' }, { name: 'istio-proxy' }] }), 'sidecar');
    expect(of(pods, '1337').state).toBe('broken');
    const overridden = podRequirements(
      facts({ securityContext: { runAsUser: 1337 }, containers: [{ name: 'app', securityContext: { runAsUser: 1000 } }] }),
      'sidecar',
    );
    expect(of(overridden, '1337').state).toBe('met');
  });

  test('the user of an image is not in the pod, and that is said', () => {
    expect(of(podRequirements(facts({ containers: [{ name: 'app' }] }), 'sidecar'), '1337')).toMatchObject({
      state: 'met',
      detail: expect.stringContaining('image'),
    });
  });

  test('without the CNI plugin istio-init needs both capabilities', () => {
    const init = [{ name: 'istio-init', securityContext: { capabilities: { add: ['NET_ADMIN'] } } }];
    expect(of(podRequirements(facts({ initContainers: init }), 'sidecar'), 'NET_ADMIN')).toMatchObject({
      state: 'broken',
      detail: expect.stringContaining('NET_RAW'),
    });
  });

  test('with the CNI plugin it does not', () => {
    const found = of(podRequirements(facts({ initContainers: [{ name: 'istio-validation' }] }), 'sidecar'), 'NET_ADMIN');
    expect(found).toMatchObject({ state: 'met', detail: expect.stringContaining('CNI plugin') });
    expect(of(podRequirements(facts({ initContainers: [] }), 'sidecar'), 'NET_ADMIN').state).toBe('unknown');
  });

  test('a namespace of Pod Security level baseline lets no further pod in', () => {
    const namespaceLabels = { value: { 'pod-security.kubernetes.io/enforce': 'baseline' } };
    expect(of(podRequirements(facts({}, { namespaceLabels }), 'sidecar'), 'NET_ADMIN')).toMatchObject({
      state: 'broken',
      detail: expect.stringContaining('baseline'),
    });
  });

  test('host network breaks a sidecar, and is a word of advice for a gateway', () => {
    expect(of(podRequirements(facts({ hostNetwork: true }), 'sidecar'), 'hostNetwork').state).toBe('broken');
    expect(of(podRequirements(facts({ hostNetwork: true }), 'gateway'), 'hostNetwork').state).toBe('advice');
  });

  test('labels may be those of Kubernetes’ recommendation', () => {
    const names = { app: 'web', 'app.kubernetes.io/version': '2' };
    expect(of(podRequirements(facts({}, { labels: names }), 'sidecar'), 'labels').state).toBe('met');
    expect(of(podRequirements(facts({}, { labels: { app: 'web' } }), 'sidecar'), 'labels')).toMatchObject({
      state: 'advice',
      detail: 'it has no label version',
    });
  });

  test("an application on one of Istio's own ports", () => {
    const containers = [{ name: 'app', ports: [{ containerPort: 15021 }] }];
    expect(of(podRequirements(facts({ containers }), 'sidecar'), 'own ports')).toMatchObject({
      state: 'broken',
      detail: expect.stringContaining('container app has 15021'),
    });
  });

  test('a gateway is not asked what only redirection needs', () => {
    expect(podRequirements(facts(), 'gateway').map(({ requirement }) => requirement)).toEqual([
      'the pod belongs to a Service',
      'Service ports say their protocol (name, or appProtocol)',
      "not in its node's network (hostNetwork)",
    ]);
  });
});
