import type { JsonObject } from '../../dump/json-value.ts';
import { closestNames } from '../closest-names.ts';
import { list, quoted } from '../words.ts';
import { broken, type Judgement, mended } from './judgement.ts';
import { fitsHost, type KubeObject, listOf, objectName, objectOf, objectsOf, textOf } from './kube-object.ts';
import { apiGateways, holders, type ObjectSet, ofKind } from './object-set.ts';
import type { ProxyIdentity } from './proxy-identity.ts';

const ROUTE_KINDS = ['HTTPRoute', 'GRPCRoute'];

/** A Gateway of the Gateway API. */
export interface GatewayRef {
  readonly namespace: string;
  readonly name: string;
}

/** The Gateway that a proxy serves: by the label of its pod, else by Envoy Gateway's names of route configs and listeners, `ns/gateway/listener`. */
export function servedGateway(identity: ProxyIdentity, names: readonly (string | null | undefined)[]): GatewayRef | undefined {
  const own = identity.labels['gateway.networking.k8s.io/gateway-name'] ?? identity.labels['istio.io/gateway-name'];
  if (own !== undefined) return { namespace: identity.namespace, name: own };
  for (const text of names) {
    const [namespace, name, listener, ...more] = (text ?? '').split('/');
    if (namespace && name && listener && more.length === 0) return { namespace, name };
  }
  return undefined;
}

/** HTTPRoutes and GRPCRoutes whose hostnames take this host; those without hostnames take what their listener takes. */
export function apiRoutesOf(host: string, set: ObjectSet): readonly KubeObject[] {
  return ROUTE_KINDS.flatMap((kind) => ofKind(set, kind)).filter((route) => {
    const hostnames = listOf(route.spec['hostnames']);
    return hostnames.length === 0 || hostnames.some((pattern) => fitsHost(pattern, host));
  });
}

/** Whether a route of the Gateway API reaches this proxy for a host: its parents, their listeners, what those allow, and what the controller said. */
export function judgeParents(route: KubeObject, host: string, serves: GatewayRef | undefined, set: ObjectSet): Judgement {
  const name = objectName(route);
  const parents = objectsOf(route.spec['parentRefs']).filter((parent) => (textOf(parent['kind']) || 'Gateway') === 'Gateway');
  if (parents.length === 0) return broken(name, `${name} names no Gateway (parentRefs:)`);
  const refused = refusal(route);
  if (refused !== undefined) return broken(name, `${name} is refused by its controller: ${refused}`);
  const reasons: string[] = [];
  for (const parent of parents) {
    const reason = whyNotTaken(parent, route, host, serves, set);
    if (reason === undefined)
      return mended(
        name,
        `${name} is bound to Gateway ${textOf(parent['namespace']) || route.namespace}/${textOf(parent['name'])}, which serves ${quoted(host)}`,
      );
    reasons.push(reason);
  }
  return broken(name, `${name} does not reach this proxy: ${list(reasons)}`);
}

/** `NotAllowedByListeners: …`: a condition of its status that is False. */
function refusal(route: KubeObject): string | undefined {
  const conditions = objectsOf(route.status['parents']).flatMap((parent) => objectsOf(parent['conditions']));
  const found = conditions.find((own) => ['Accepted', 'ResolvedRefs'].includes(textOf(own['type'])) && own['status'] === 'False');
  return found === undefined ? undefined : [textOf(found['reason']), textOf(found['message'])].filter((text) => text !== '').join(': ');
}

function whyNotTaken(parent: JsonObject, route: KubeObject, host: string, serves: GatewayRef | undefined, set: ObjectSet): string | undefined {
  const namespace = textOf(parent['namespace']) || route.namespace;
  const name = textOf(parent['name']);
  if (serves !== undefined && (serves.name !== name || serves.namespace !== namespace))
    return `it is for Gateway ${namespace}/${name}, and this proxy serves ${serves.namespace}/${serves.name}`;
  const gateways = apiGateways(set);
  const gateway = gateways.find((own) => own.name === name && own.namespace === namespace);
  if (gateway === undefined) {
    const [near] = closestNames(
      name,
      gateways.map((own) => own.name),
      3,
    );
    return `${holders(set)} no Gateway ${namespace}/${name}${near === undefined ? '' : ` (the nearest is ${quoted(near)})`}`;
  }
  const listeners = objectsOf(gateway.spec['listeners']);
  const section = textOf(parent['sectionName']);
  const port = Number(parent['port']);
  const meant = listeners.filter((own) => (section === '' || own['name'] === section) && (Number.isNaN(port) || Number(own['port']) === port));
  if (meant.length === 0)
    return `${objectName(gateway)} has no listener ${quoted(section || String(port))}; it has ${list(listeners.map((own) => quoted(textOf(own['name']))))}`;
  const ofHost = meant.filter((own) => textOf(own['hostname']) === '' || fitsHost(textOf(own['hostname']), host));
  if (ofHost.length === 0)
    return `the listeners of ${objectName(gateway)} are for ${list(meant.map((own) => quoted(textOf(own['hostname']))))}, not ${quoted(host)}`;
  if (!ofHost.some((own) => allows(own, gateway, route)))
    return `${objectName(gateway)} takes routes of its own namespace only (allowedRoutes.namespaces.from), and this one is in ${quoted(route.namespace)}`;
  return undefined;
}

function allows(listener: JsonObject, gateway: KubeObject, route: KubeObject): boolean {
  const from = textOf(objectOf(objectOf(listener['allowedRoutes'])['namespaces'])['from']) || 'Same';
  return from !== 'Same' || gateway.namespace === route.namespace;
}

/** The route and rule that Envoy Gateway names a cluster by: `httproute/shop/web/rule/0`; undefined for other names. */
export function ruleOfCluster(
  cluster: string,
): { readonly kind: string; readonly namespace: string; readonly name: string; readonly rule: number } | undefined {
  const found = /^(httproute|grpcroute)\/([^/]+)\/([^/]+)\/rule\/(\d+)/.exec(cluster);
  if (found === null) return undefined;
  const [, kind = '', namespace = '', name = '', rule] = found;
  return { kind: kind === 'httproute' ? 'HTTPRoute' : 'GRPCRoute', namespace, name, rule: Number(rule) };
}

/** The Services, with their ports, that a rule of such a cluster sends to; undefined where the route is not among the objects. */
export function backendsOfCluster(cluster: string, set: ObjectSet): readonly { readonly host: string; readonly port: number }[] | undefined {
  const wanted = ruleOfCluster(cluster);
  const route = wanted === undefined ? undefined : ofKind(set, wanted.kind).find((own) => own.name === wanted.name && own.namespace === wanted.namespace);
  if (wanted === undefined || route === undefined) return undefined;
  return objectsOf(objectsOf(route.spec['rules'])[wanted.rule]?.['backendRefs']).flatMap((backend) =>
    (textOf(backend['kind']) || 'Service') === 'Service'
      ? [{ host: `${textOf(backend['name'])}.${textOf(backend['namespace']) || route.namespace}.svc.cluster.local`, port: Number(backend['port']) }]
      : [],
  );
}
