import type { JsonObject } from '../../dump/json-value.ts';
import { closestNames } from '../closest-names.ts';
import { list, quoted } from '../words.ts';
import { broken, type Judgement, mended } from './judgement.ts';
import { fitsHost, hasLabels, type KubeObject, labelsText, listOf, objectName, objectOf, objectsOf, textsOf } from './kube-object.ts';
import { holders, istioGateways, type ObjectSet, ofKind } from './object-set.ts';
import type { ProxyIdentity } from './proxy-identity.ts';
import { hiddenByExport } from './visibility.ts';

/** VirtualServices whose hosts take this one. */
export function virtualServicesOf(host: string, set: ObjectSet): readonly KubeObject[] {
  return ofKind(set, 'VirtualService').filter((object) => listOf(object.spec['hosts']).some((pattern) => fitsHost(pattern, host)));
}

/** Whether a VirtualService reaches this gateway proxy for a host, by the Gateways that it is bound to: their selector, servers and ports. */
export function judgeBinding(service: KubeObject, host: string, port: number | undefined, set: ObjectSet, identity: ProxyIdentity): Judgement {
  const name = objectName(service);
  const bound = listOf(service.spec['gateways']).filter((gateway) => gateway !== 'mesh');
  if (bound.length === 0) return broken(name, `${name} is for sidecars only: it names no gateway (gateways:)`);
  const hidden = hiddenByExport(service, identity);
  if (hidden !== undefined) return broken(name, `${name} is not seen by this proxy: ${hidden}`);
  const reasons: string[] = [];
  for (const reference of bound) {
    const gateway = gatewayOf(reference, service, set);
    const reason = gateway === undefined ? missingGateway(reference, service, set) : whyNotServed(gateway, service, host, port, set, identity);
    if (gateway !== undefined && reason === undefined) return mended(name, `${name} is bound to ${objectName(gateway)}, which serves ${quoted(host)} here`);
    if (reason !== undefined) reasons.push(reason);
  }
  return broken(name, `${name} does not reach this proxy: ${list(reasons)}`);
}

/** `shop/gateway`, `gateway`, and the old `gateway.shop.svc.cluster.local`. */
function splitReference(reference: string, service: KubeObject): readonly [namespace: string, name: string] {
  const [first = '', second] = reference.split('/');
  if (second !== undefined) return [first === '.' ? service.namespace : first, second];
  const [name = '', namespace] = reference.split('.');
  return [namespace ?? service.namespace, name];
}

function gatewayOf(reference: string, service: KubeObject, set: ObjectSet): KubeObject | undefined {
  const [namespace, name] = splitReference(reference, service);
  return istioGateways(set).find((gateway) => gateway.namespace === namespace && gateway.name === name);
}

function missingGateway(reference: string, service: KubeObject, set: ObjectSet): string {
  const [namespace, name] = splitReference(reference, service);
  const elsewhere = istioGateways(set).find((gateway) => gateway.name === name);
  if (elsewhere !== undefined)
    return `${holders(set)} no Gateway ${namespace}/${name}, but ${objectName(elsewhere)}: write it as ${quoted(`${elsewhere.namespace}/${name}`)}`;
  const names = istioGateways(set).map((gateway) => gateway.name);
  const [near] = closestNames(name, names, 3);
  return `${holders(set)} no Gateway ${namespace}/${name}${near === undefined ? '' : ` (the nearest is ${quoted(near)})`}`;
}

function whyNotServed(
  gateway: KubeObject,
  service: KubeObject,
  host: string,
  port: number | undefined,
  set: ObjectSet,
  identity: ProxyIdentity,
): string | undefined {
  const other = selectsOthers(gateway, identity);
  if (other !== undefined) return other;
  const servers = objectsOf(gateway.spec['servers']);
  const ofHost = servers.filter((server) => serverTakes(server, service.namespace, gateway.namespace, host));
  if (ofHost.length === 0) {
    const hosts = [...new Set(servers.flatMap((server) => listOf(server['hosts'])))];
    return `no server of ${objectName(gateway)} has host ${quoted(host)}${service.namespace === gateway.namespace ? '' : ` for namespace ${quoted(service.namespace)}`}: it has ${list(hosts.slice(0, 4).map(quoted))}`;
  }
  if (port === undefined || ofHost.some((server) => serverPortIs(server, port, set, identity) !== false)) return undefined;
  return `${objectName(gateway)} serves ${quoted(host)} on port ${list(ofHost.map(serverPort))}, and this request came to port ${port}`;
}

/** A Gateway whose selector this proxy does not fit, in words. */
export function selectsOthers(gateway: KubeObject, identity: ProxyIdentity): string | undefined {
  const selector = textsOf(gateway.spec['selector']);
  if (hasLabels(identity.labels, selector)) return undefined;
  const own = Object.keys(selector).flatMap((key) => (identity.labels[key] === undefined ? [] : [`${key}=${identity.labels[key]}`]));
  const has = own.length === 0 ? `this proxy has ${labelsText(identity.labels) || 'no labels'}` : `this proxy has ${list(own)}`;
  return `${objectName(gateway)} selects other pods (${labelsText(selector)}); ${has}`;
}

const serverPort = (server: JsonObject): string => String(objectOf(server['port'])['number'] ?? '');

/** A server's host may be `namespace/host`, `./host` or `any/host`: which VirtualServices it takes. */
function serverTakes(server: JsonObject, ofService: string, ofGateway: string, host: string): boolean {
  return listOf(server['hosts']).some((entry) => {
    const slash = entry.indexOf('/');
    const namespace = slash < 0 ? '*' : entry.slice(0, slash);
    const isIn = namespace === '*' || namespace === ofService || (namespace === '.' && ofService === ofGateway);
    return isIn && fitsHost(entry.slice(slash + 1), host);
  });
}

/** A Gateway names the port of its Service: the proxy listens on the targetPort behind that. Undefined where no Service tells. */
export function serverPortIs(server: JsonObject, listened: number, set: ObjectSet, identity: ProxyIdentity): boolean | undefined {
  const port = Number(serverPort(server));
  if (port === listened) return true;
  const services = ofKind(set, 'Service').filter((service) => {
    const selector = textsOf(service.spec['selector']);
    return Object.keys(selector).length > 0 && hasLabels(identity.labels, selector);
  });
  const targets = services.flatMap((service) => objectsOf(service.spec['ports']).filter((own) => Number(own['port']) === port));
  if (targets.length === 0) return services.length === 0 ? undefined : false;
  return targets.some((own) => Number(own['targetPort'] ?? own['port']) === listened || Number.isNaN(Number(own['targetPort'] ?? own['port'])));
}
