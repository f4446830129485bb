import type { PodRequirement } from './description.ts';
import type { DescribedService, PodFacts, ServicePort } from './pod-facts.ts';

/** The protocols that a port's name may begin with. Source: Istio's pkg/config/protocol, Parse. */
const PROTOCOLS: ReadonlySet<string> = new Set([
  'grpc',
  'grpc-web',
  'http',
  'http2',
  'http_proxy',
  'https',
  'hbone',
  'mongo',
  'mysql',
  'redis',
  'tcp',
  'tls',
  'udp',
]);

/** Every pod belongs to a service, even one without ports: it is how the mesh knows it. */
export function serviceMembership({ pod, services }: PodFacts): PodRequirement {
  const requirement = 'the pod belongs to a Service';
  if ('why' in services) return { requirement, state: 'unknown', detail: services.why };
  const names = servicesOf(pod.metadata.labels ?? {}, services.value).map(({ metadata }) => metadata.name);
  if (names.length > 0) return { requirement, state: 'met', detail: names.join(', ') };
  return { requirement, state: 'broken', detail: `none of the ${services.value.length} Services of its namespace selects its labels` };
}

/** Ports say their protocol by name or appProtocol, and no port of the pod is of two protocols in two services. */
export function portProtocols({ pod, services }: PodFacts): readonly PodRequirement[] {
  const requirement = 'Service ports say their protocol (name, or appProtocol)';
  if ('why' in services) return [{ requirement, state: 'unknown', detail: services.why }];
  const own = servicesOf(pod.metadata.labels ?? {}, services.value);
  const ports = own.flatMap(({ metadata, spec }) => (spec?.ports ?? []).map((port) => ({ service: metadata.name, port })));
  if (ports.length === 0) return [];
  const unsaid = ports.filter(({ port }) => port.protocol !== 'UDP' && protocolOf(port) === undefined);
  const list = unsaid.map(({ service, port }) => `${service} ${port.port}${port.name ? ` ("${port.name}")` : ''}`).join(', ');
  const named: PodRequirement =
    unsaid.length === 0
      ? { requirement, state: 'met', detail: '' }
      : { requirement, state: 'advice', detail: `${list} ${unsaid.length === 1 ? 'does' : 'do'} not: Istio guesses it from the first bytes` };
  const clash = clashOf(ports);
  return clash === undefined ? [named] : [named, { requirement: 'one protocol for each port', state: 'broken', detail: clash }];
}

function servicesOf(labels: Readonly<Record<string, string>>, services: readonly DescribedService[]): readonly DescribedService[] {
  return services.filter(({ spec }) => {
    const selector = Object.entries(spec?.selector ?? {});
    return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
  });
}

/** The protocol that a port says: `appProtocol` goes before the name. Undefined where Istio would have to guess. */
function protocolOf({ name = '', appProtocol }: ServicePort): string | undefined {
  if (appProtocol !== undefined && appProtocol !== '') return appProtocol.toLowerCase().replace(/^kubernetes\.io\//, '');
  const lower = name.toLowerCase();
  if (lower === 'grpc-web' || lower.startsWith('grpc-web-')) return 'grpc-web';
  const [first = ''] = lower.split('-');
  return PROTOCOLS.has(first) ? first : undefined;
}

/** Two services that give the same port number another protocol. */
function clashOf(ports: readonly { readonly service: string; readonly port: ServicePort }[]): string | undefined {
  for (const [i, a] of ports.entries()) {
    for (const b of ports.slice(i + 1)) {
      const [one, other] = [protocolOf(a.port), protocolOf(b.port)];
      if (a.service === b.service || a.port.port !== b.port.port || one === undefined || other === undefined || isHttp(one) === isHttp(other)) continue;
      return `port ${a.port.port} is ${one} in Service ${a.service} and ${other} in Service ${b.service}`;
    }
  }
  return undefined;
}

function isHttp(protocol: string): boolean {
  return /^(?:http|http2|grpc|grpc-web|h2c|ws|wss)$/.test(protocol);
}
