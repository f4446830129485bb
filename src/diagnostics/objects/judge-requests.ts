import { closestNames } from '../closest-names.ts';
import { list, plural, quoted } from '../words.ts';
import { judgeBinding, selectsOthers, serverPortIs, virtualServicesOf } from './judge-gateways.ts';
import { apiRoutesOf, type GatewayRef, judgeParents, servedGateway } from './judge-http-routes.ts';
import { judgePath } from './judge-paths.ts';
import { judgeService } from './judge-services.ts';
import { broken, type Judgement, mended } from './judgement.ts';
import { listOf, objectName, objectOf, objectsOf } from './kube-object.ts';
import { apiGateways, holders, hostInFull, istioGateways, type ObjectSet, ofKind } from './object-set.ts';
import type { ProxyIdentity } from './proxy-identity.ts';

/** What is known of the request that ended in a break. */
export interface JudgedRequest {
  readonly authority: string;
  readonly method: string;
  readonly path: string;
  /** The server name of its TLS handshake. */
  readonly sni: string | undefined;
  readonly listener: string | undefined;
  readonly routeConfig: string | undefined;
  /** The port that the client dialled. */
  readonly port: number | undefined;
}

const bare = (authority: string): string => authority.replace(/:\d+$/, '').toLowerCase();

/** The port that a gateway proxy listens on, from Istio's names: `http.8080`, `https.443.name.gateway.ns`, `0.0.0.0_8080`. */
export function listenedPort({ routeConfig, listener }: JudgedRequest): number | undefined {
  const found = /^https?\.(\d+)/.exec(routeConfig ?? '') ?? /_(\d+)$/.exec(listener ?? '');
  return found === null ? undefined : Number(found[1]);
}

/** Why no virtual host serves a host: at a gateway by VirtualServices and HTTPRoutes, elsewhere by Services and ServiceEntries. */
export function judgeHosts(request: JudgedRequest, set: ObjectSet, identity: ProxyIdentity): readonly Judgement[] {
  const host = bare(request.authority);
  if (identity.role === 'sidecar') return [judgeService(request.authority, hostInFull(request.authority, set, identity), undefined, set, identity)];
  const found = routesFor(request, set, identity);
  if (found.length > 0) return found.map(({ judgement }) => judgement);
  const known = [...ofKind(set, 'VirtualService'), ...ofKind(set, 'HTTPRoute')].flatMap((object) => listOf(object.spec['hosts'] ?? object.spec['hostnames']));
  const [near] = closestNames(host, [...new Set(known)]);
  const kinds = apiGateways(set).length > 0 && istioGateways(set).length === 0 ? 'HTTPRoute' : 'VirtualService or HTTPRoute';
  return [broken(request.authority, `${holders(set)} no ${kinds} for host ${quoted(host)}${near === undefined ? '' : `; the nearest is for ${quoted(near)}`}`)];
}

/** The VirtualServices and routes of the Gateway API for a host, each with whether it reaches this proxy. */
function routesFor(request: JudgedRequest, set: ObjectSet, identity: ProxyIdentity) {
  const host = bare(request.authority);
  const port = listenedPort(request);
  const serves: GatewayRef | undefined = servedGateway(identity, [request.routeConfig, request.listener]);
  return [
    ...virtualServicesOf(host, set).map((object) => ({ object, judgement: judgeBinding(object, host, port, set, identity) })),
    ...apiRoutesOf(host, set).map((object) => ({ object, judgement: judgeParents(object, host, serves, set) })),
  ];
}

/** Why no route takes a path: the matches of the objects for this host, as far as they reach this proxy. */
export function judgePaths(request: JudgedRequest, set: ObjectSet, identity: ProxyIdentity): readonly Judgement[] {
  const isSidecar = identity.role === 'sidecar';
  const host = isSidecar ? hostInFull(request.authority, set, identity) : bare(request.authority);
  const found = isSidecar
    ? virtualServicesOf(host, set).map((object) => ({ object, judgement: mended(objectName(object)) }))
    : routesFor(request, set, identity);
  if (found.length === 0)
    return isSidecar ? [broken(request.authority, `${holders(set)} no VirtualService for host ${quoted(host)}`)] : judgeHosts(request, set, identity);
  return found.map(({ object, judgement }) => (judgement.mends === true ? judgePath(object, request.method, request.path) : judgement));
}

/** Why no listener takes the connection: Gateways that select other pods, or have other ports. */
export function judgePorts(request: JudgedRequest, set: ObjectSet, identity: ProxyIdentity): readonly Judgement[] {
  if (identity.role === 'sidecar') return [];
  const gateways = istioGateways(set);
  const serves = servedGateway(identity, [request.listener]);
  const own = apiGateways(set).filter((gateway) => serves === undefined || (gateway.name === serves.name && gateway.namespace === serves.namespace));
  if (gateways.length === 0 && own.length === 0) return [broken('listener', `${holders(set)} no Gateway for this proxy: without one it has no listener`)];
  const { port } = request;
  const ofThis = gateways.filter((gateway) => selectsOthers(gateway, identity) === undefined);
  if (ofThis.length === 0 && own.length === 0)
    return [broken('listener', ...gateways.slice(0, 5).flatMap((gateway) => selectsOthers(gateway, identity) ?? []))];
  const servers = ofThis.flatMap((gateway) =>
    objectsOf(gateway.spec['servers']).map((server) => ({ gateway, server, number: Number(objectOf(server['port'])['number']) })),
  );
  const fits = port === undefined ? undefined : servers.find(({ server, number }) => number === port || serverPortIs(server, port, set, identity) === true);
  if (fits !== undefined) return [mended('listener', `${objectName(fits.gateway)} has a server on port ${fits.number}`)];
  const ports = [
    ...new Set([...servers.map(({ number }) => number), ...own.flatMap((gateway) => objectsOf(gateway.spec['listeners']).map((one) => Number(one['port'])))]),
  ];
  const which = [...ofThis, ...own].map(objectName);
  return [
    broken(
      'listener',
      `${list(which.slice(0, 3))} ${which.length === 1 ? 'has' : 'have'} ${plural(ports.length, 'port').replace(/^\d+ /, '')} ${list(ports.map(String))}${port === undefined ? '' : `, and the client calls ${port}`}`,
    ),
  ];
}
