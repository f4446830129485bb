import type { FoundPlace } from '../dump/found-place.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../dump/json-value.ts';
import type { ConfigObject, Producer } from './facts.ts';

/** What a user edits to change a part of the proxy's configuration, by who made it. */
const EDITED: Readonly<Record<Producer, Readonly<Record<Part, string>>>> = {
  istio: { route: 'VirtualService', cluster: 'DestinationRule', listener: 'Gateway', policy: 'AuthorizationPolicy' },
  'envoy-gateway': { route: 'HTTPRoute', cluster: 'Service or Backend of the HTTPRoute', listener: 'Gateway', policy: 'SecurityPolicy' },
  contour: { route: 'HTTPProxy', cluster: 'Service of the HTTPProxy', listener: 'HTTPProxy', policy: 'HTTPProxy' },
  consul: { route: 'service-router or service-splitter', cluster: 'service-resolver', listener: 'gateway config entry', policy: 'service-intentions' },
  kuma: { route: 'MeshHTTPRoute', cluster: 'MeshService', listener: 'MeshGateway', policy: 'MeshTrafficPermission' },
  gloo: { route: 'VirtualService (gateway.solo.io)', cluster: 'Upstream', listener: 'Gateway (gateway.solo.io)', policy: 'AuthConfig' },
  plain: { route: 'route configuration', cluster: 'cluster', listener: 'listener', policy: 'RBAC policy' },
};

export type Part = 'route' | 'cluster' | 'listener' | 'policy';

/** The kind of object that holds this part: `VirtualService`, `HTTPRoute`. */
export function editedKind(producer: Producer, part: Part): string {
  return EDITED[producer][part];
}

/** `VirtualService istioinaction/catalog`. */
export function objectText(object: ConfigObject): string {
  return `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;
}

/** The object that a cluster stands for, where its producer writes that into the name; undefined for Istio, whose metadata says it, and plain Envoy. */
export function objectOfCluster(name: string, producer: Producer): ConfigObject | undefined {
  switch (producer) {
    case 'envoy-gateway':
      return nameParts(
        /^(http|grpc|tls|tcp|udp)route\/(?<namespace>[^/]+)\/(?<name>[^/]+)\//.exec(name),
        (found) => `${ROUTE_KINDS[found[1] ?? ''] ?? 'HTTPRoute'}`,
      );
    case 'contour':
      return nameParts(/^(?<namespace>[^/]+)\/(?<name>[^/]+)\/\d+\/[0-9a-f]+$/.exec(name), () => 'Service');
    case 'consul':
      return nameParts(/^(?:[^.]+\.)?(?<name>[^.]+)\.[^.]+\.[^.]+\.internal\./.exec(name), () => 'service-resolver');
    case 'kuma':
      return nameParts(
        /^kri_(msvc|mzsvc|extsvc)_[^_]*_[^_]*_(?<namespace>[^_]*)_(?<name>[^_]+)_/.exec(name),
        (found) => KUMA_KINDS[found[1] ?? ''] ?? 'MeshService',
      );
    case 'gloo':
      return nameParts(/^(?<name>.+)_(?<namespace>[^_]+)$/.exec(name), () => 'Upstream');
    default:
      return undefined;
  }
}

const ROUTE_KINDS: Readonly<Record<string, string>> = { http: 'HTTPRoute', grpc: 'GRPCRoute', tls: 'TLSRoute', tcp: 'TCPRoute', udp: 'UDPRoute' };
const KUMA_KINDS: Readonly<Record<string, string>> = { msvc: 'MeshService', mzsvc: 'MeshMultiZoneService', extsvc: 'MeshExternalService' };

function nameParts(found: RegExpExecArray | null, kindOf: (found: RegExpExecArray) => string): ConfigObject | undefined {
  const { namespace, name } = found?.groups ?? {};
  return found === null || name === undefined ? undefined : { kind: kindOf(found), namespace: namespace || undefined, name };
}

/** The object that a place of the dump was made of: the nearest metadata around it that names one. */
export function ownerOf(at: FoundPlace): ConfigObject | undefined {
  for (const metadata of at.around('metadata')) {
    const object = objectInMetadata(metadata);
    if (object !== undefined) return object;
  }
  return undefined;
}

/** The object that a piece of metadata names, as Istio, Envoy Gateway or Contour write it; undefined where it names none. */
export function objectInMetadata(metadata: JsonValue | undefined): ConfigObject | undefined {
  const filters = member(metadata, 'filter_metadata', 'filterMetadata');
  return istioObject(filters) ?? envoyGatewayObject(filters) ?? contourObject(filters);
}

/** `/apis/networking.istio.io/v1/namespaces/shop/virtual-service/catalog` under `istio.config`. */
function istioObject(filters: JsonValue | undefined): ConfigObject | undefined {
  const path = member(member(filters, 'istio'), 'config');
  const found = typeof path === 'string' ? /\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) : null;
  if (found === null) return undefined;
  const [, namespace, kind = '', name = ''] = found;
  return { kind: kind.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase()), namespace, name };
}

/** `envoy-gateway.resources[0]`: kind, namespace and name. */
function envoyGatewayObject(filters: JsonValue | undefined): ConfigObject | undefined {
  const resources = member(member(filters, 'envoy-gateway'), 'resources');
  const [first] = Array.isArray(resources) ? resources : [];
  return named(member(first, 'kind'), member(first, 'namespace'), member(first, 'name'));
}

/** Contour writes `io.projectcontour.kind` and its neighbours for the access log. */
function contourObject(filters: JsonValue | undefined): ConfigObject | undefined {
  const own = member(filters, 'envoy.access_loggers.file');
  return named(member(own, 'io.projectcontour.kind'), member(own, 'io.projectcontour.namespace'), member(own, 'io.projectcontour.name'));
}

function named(kind: JsonValue | undefined, namespace: JsonValue | undefined, name: JsonValue | undefined): ConfigObject | undefined {
  if (typeof kind !== 'string' || typeof name !== 'string') return undefined;
  return { kind, namespace: typeof namespace === 'string' ? namespace : undefined, name };
}

function member(value: JsonValue | undefined, ...keys: readonly string[]): JsonValue | undefined {
  if (!isJsonObject(value)) return undefined;
  const object: JsonObject = value;
  return keys.map((key) => object[key]).find((found) => found !== undefined);
}
