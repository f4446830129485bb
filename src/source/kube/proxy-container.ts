import { Failure } from '../../dump/failure.ts';
import type { Container, Pod } from './kube-objects.ts';
import { podLabel } from './pod-state.ts';

/** The container of a pod that is an Envoy, whose it is, and where its admin interface listens. */
export interface ProxyContainer {
  readonly container: string;
  readonly image: string;
  readonly product: string;
  readonly adminPort: number;
}

interface Product {
  readonly name: string;
  readonly adminPort: number;
  readonly fits: (container: Container, labels: Readonly<Record<string, string>>) => boolean;
}

/** What sets an Envoy into pods, and the admin port that each gives it unless told otherwise. The first that fits is taken. */
const PRODUCTS: readonly Product[] = [
  { name: 'Istio', adminPort: 15000, fits: (c) => c.name === 'istio-proxy' },
  { name: 'Consul', adminPort: 19000, fits: (c) => /^(?:consul-dataplane|envoy-sidecar)/.test(c.name) || /consul-dataplane/.test(c.image ?? '') },
  { name: 'Kuma', adminPort: 9901, fits: (c) => /^kuma-(?:sidecar|gateway)$/.test(c.name) },
  {
    name: 'Envoy Gateway',
    adminPort: 19000,
    fits: (c, labels) => labels['app.kubernetes.io/managed-by'] === 'envoy-gateway' && isEnvoy(c),
  },
  { name: 'Contour', adminPort: 9001, fits: (c, labels) => /contour/.test(JSON.stringify(labels)) && isEnvoy(c) },
  { name: 'Cilium', adminPort: 9901, fits: (c, labels) => c.name === 'cilium-envoy' || (labels['k8s-app'] === 'cilium-envoy' && isEnvoy(c)) },
  { name: 'kgateway', adminPort: 19000, fits: (c) => /^(?:gateway-proxy|kgateway-proxy)$/.test(c.name) },
  { name: 'Envoy', adminPort: 9901, fits: isEnvoy },
];

/**
 * Finds a pod's Envoy by the names, images and labels that each product uses, and its admin port: what the pod's own arguments, ports or
 * annotations say, else the product's. Throws Failure PC1110 for a pod without one, PC1111 for a ztunnel.
 */
export function findProxy(pod: Pod): ProxyContainer {
  const labels = pod.metadata.labels ?? {};
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')];
  if (labels['app'] === 'ztunnel' || containers.some((c) => /\/ztunnel[:@]/.test(`/${c.image ?? ''}`))) {
    const what = `${podLabel(pod)} is a ztunnel, which is not an Envoy: it has no listeners, routes or clusters to show`;
    throw new Failure({ id: 'PC1111', what, next: 'istioctl ztunnel-config shows what it has; name a waypoint or a gateway for HTTP' });
  }
  for (const product of PRODUCTS) {
    const container = containers.find((c) => product.fits(c, labels));
    if (container === undefined) continue;
    return { container: container.name, image: container.image ?? '', product: product.name, adminPort: toldPort(container, pod) ?? product.adminPort };
  }
  const names = containers.map((c) => c.name).join(', ') || '(none)';
  const isLinkerd = containers.some((c) => c.name === 'linkerd-proxy');
  throw new Failure({
    id: 'PC1110',
    what: `${podLabel(pod)} has no Envoy: its containers are ${names}${isLinkerd ? ' (linkerd-proxy is no Envoy)' : ''}`,
    next: 'check that sidecar injection is on for it; where one of these is an Envoy, say its admin port: --admin-port 9901',
  });
}

function isEnvoy(container: Container): boolean {
  return /(?:^|[-/])envoy(?:$|[-:@/])/.test(container.name) || /envoy/.test((container.image ?? '').split('/').slice(-2).join('/')) || startsEnvoy(container);
}

function startsEnvoy({ command = [], args = [] }: Container): boolean {
  return [command[0], args[0]].some((word) => word !== undefined && /(?:^|\/)envoy$/.test(word));
}

function toldPort(container: Container, pod: Pod): number | undefined {
  const annotations = Object.values(pod.metadata.annotations ?? {});
  const texts = [...(container.args ?? []), ...(container.command ?? []), ...annotations];
  for (const text of texts) {
    const found =
      /\badmin["']?\s*:[\s\S]{0,200}?port_?value["']?\s*:\s*["']?(\d{2,5})/i.exec(text) ??
      /proxyAdminPort["']?\s*:\s*["']?(\d{2,5})/.exec(text) ??
      /--(?:proxyAdminPort|envoy-admin-bind-port|admin-port)[= ](\d{2,5})/.exec(text);
    if (found !== null) return Number(found[1]);
  }
  return container.ports?.find((port) => /^(?:envoy-)?(?:http-)?admin$/.test(port.name ?? ''))?.containerPort;
}
