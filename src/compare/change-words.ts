import { enumSchema, messageSchema } from '../decode/schema.ts';
import { isJsonObject } from '../dump/json-value.ts';
import type { LocalityLbEndpoints, Route, WeightedCluster } from '../model/generated/envoy-api.ts';
import { addressText } from '../query/address-text.ts';
import { decodeBase64, pemCertificates, readCertificate } from '../query/certificate.ts';
import { routeDestination } from '../query/route-destination.ts';
import { weightedArms } from '../query/weighted-clusters.ts';
import type { Around, Change } from './change.ts';
import { withoutPackage } from './list-order.ts';
import { placeWords } from './place-words.ts';

/** A change in words: the things it is within, and what changed there. */
export interface ChangeWords {
  readonly within: readonly string[];
  readonly text: string;
}

/** Values that stand where a field is not set. Source: the comments of Envoy's API. */
const WHEN_UNSET: Readonly<Record<string, string>> = {
  'RouteAction.timeout': '15s',
  'Cluster.connect_timeout': '5s',
  'RetryPolicy.num_retries': '1',
};

const HEALTH: Readonly<Record<string, string>> = {
  UNKNOWN: 'healthy',
  HEALTHY: 'healthy',
  UNHEALTHY: 'unhealthy',
  DRAINING: 'draining',
  TIMEOUT: 'timed out',
  DEGRADED: 'degraded',
};
const TEXT_SHOWN = 120;

/** Says a change in the field's words: `arm version-v1 20 % → 0 %`, `endpoint 10.0.0.5:8080 healthy → unhealthy`, `timeout 15s → 3s`. */
export function changeWords(change: Change): ChangeWords {
  const { things, field } = placeWords(change.steps);
  const last = change.steps.at(-1);
  if (last?.kind === 'element') {
    const within = things.slice(0, -1);
    const label = things.at(-1) ?? '';
    if (change.kind === 'changed') return { within, text: `${label}: ${valueText(change.before)} → ${valueText(change.after)}` };
    if (change.moved !== undefined) return { within, text: `${label} moved from place ${change.moved.from + 1} to ${change.moved.to + 1}` };
    return { within, text: `${label} ${change.kind === 'added' ? 'is new' : 'is gone'}${elementNote(last.type, label, change)}` };
  }
  const owner = last?.kind === 'field' ? `${withoutPackage(last.of)}.${last.name}` : '';
  const thing = things.at(-1);
  if (thing !== undefined && SPOKEN[owner] !== undefined && field === owner.slice(owner.lastIndexOf('.') + 1)) {
    const [before, after] = SPOKEN[owner](change);
    return { within: things.slice(0, -1), text: `${thing} ${before} → ${after}` };
  }
  const certificates = [change.before, change.after].map(certificateText);
  if (certificates.every((text) => text !== undefined))
    return { within: things, text: `${field.replace(/\.inline_(?:string|bytes)$/, '')} replaced: ${certificates.join(' → ')}` };
  return { within: things, text: `${field} ${sideText(change, 'before', owner)} → ${sideText(change, 'after', owner)}` };
}

/** The fields that say where a route goes: when one takes the place of another, both are one change. */
const DESTINATIONS: ReadonlySet<string> = new Set([
  'RouteAction.cluster',
  'RouteAction.weighted_clusters',
  'RouteAction.cluster_header',
  'Route.route',
  'Route.redirect',
  'Route.direct_response',
]);

/** All changes of a resource in words. Where a route goes by other fields than before, that is said once, for the route. */
export function allChangeWords(changes: readonly Change[]): readonly ChangeWords[] {
  const told = new Set<unknown>();
  return changes.flatMap((change) => {
    const routes = change.kind === 'changed' ? undefined : routesOf(change);
    if (routes === undefined) return [changeWords(change)];
    if (told.has(routes)) return [];
    told.add(routes);
    const [before, after] = [routes.before as Route, routes.after as Route].map((route) => routeDestination(route).text);
    return [{ within: placeWords(change.steps).things, text: `destination ${before} → ${after}` }];
  });
}

/** The route whose destination field came or went, on both sides. */
function routesOf({ steps, around }: Change): Around | undefined {
  const last = steps.at(-1);
  if (last?.kind !== 'field' || !DESTINATIONS.has(`${withoutPackage(last.of)}.${last.name}`)) return undefined;
  return last.of.endsWith('.RouteAction') ? around?.outer : around;
}

/** Fields that are said of the thing itself. */
const SPOKEN: Readonly<Record<string, (change: Change) => readonly [before: string, after: string]>> = {
  'WeightedCluster.ClusterWeight.weight': ({ around }) => [shareText(around, 'before'), shareText(around, 'after')],
  'LbEndpoint.health_status': ({ before, after }) => [healthText(before), healthText(after)],
};

function healthText(status: unknown): string {
  return HEALTH[String(status ?? 'UNKNOWN')] ?? String(status);
}

/** The share of an arm, from the split around it. */
function shareText(around: Around | undefined, side: 'before' | 'after'): string {
  const arm = around?.[side];
  return percentOf(arm, around?.outer?.[side]);
}

function percentOf(arm: unknown, split: unknown): string {
  const clusters = (split as WeightedCluster | undefined)?.clusters ?? [];
  const found = weightedArms(clusters)[clusters.indexOf(arm as never)];
  return `${found?.percent ?? 0} %`;
}

/** What is worth saying of an element that is new or gone. */
function elementNote(type: string, label: string, { before, after, around }: Change): string {
  const value = after ?? before;
  const side = after === undefined ? 'before' : 'after';
  if (type === 'envoy.config.route.v3.Route') return ` (to ${routeDestination(value as Route).text})`;
  if (type === 'envoy.config.route.v3.WeightedCluster.ClusterWeight') return ` (${percentOf(value, around?.[side])})`;
  if (type === 'envoy.config.endpoint.v3.LocalityLbEndpoints') return ` (${addressesText(value as LocalityLbEndpoints)})`;
  // What has no name is told by what it holds.
  return label.endsWith(']') ? `: ${valueText(value)}` : '';
}

function addressesText({ lb_endpoints: endpoints = [] }: LocalityLbEndpoints): string {
  return endpoints.length === 0
    ? 'without endpoints'
    : `with ${endpoints.map((lb) => addressText(lb.endpoint?.address) || (lb.endpoint_name ?? 'unnamed')).join(', ')}`;
}

/** The first certificate of PEM text, plain or in base64: `serial 0af…, until 2027-01-02`; undefined for what is none. */
function certificateText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const bytes = value.startsWith('LS0tLS1CRUdJT') ? decodeBase64(value) : undefined;
  const [der] = pemCertificates(bytes === undefined ? value : new TextDecoder().decode(bytes));
  const facts = der === undefined ? undefined : readCertificate(der);
  return facts === undefined ? undefined : `serial ${facts.serial.slice(0, 12)}…, until ${facts.notAfter.toISOString().slice(0, 16)}Z`;
}

function sideText(change: Change, side: 'before' | 'after', owner: string): string {
  const value = change[side];
  if (value !== undefined) return valueText(value);
  const last = change.steps.at(-1);
  const field = last?.kind === 'field' ? messageSchema(last.of)?.byName.get(last.name) : undefined;
  if (field !== undefined && !field.repeated && field.mapKey === undefined && field.oneof === undefined) {
    if (field.type.kind === 'enum') return enumSchema(field.type.name)?.names.get(0) ?? 'unset';
    if (field.type.kind === 'scalar') return field.type.name === 'bool' ? 'false' : field.type.name === 'string' ? 'empty' : '0';
  }
  const meant = WHEN_UNSET[owner];
  return meant === undefined ? 'unset' : `unset (${meant})`;
}

/** A value on one line, cut where it is long: `-o json` has all of it. */
function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : isJsonObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
  const object = /^\/apis\/[^/]+\/[^/]+\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(text);
  // Istio notes in metadata which object it made something of.
  if (object !== null) return `${object[2]} ${object[1]}/${object[3]}`;
  const line = text.replaceAll('\n', '\\n');
  return line.length <= TEXT_SHOWN ? line || 'empty' : `${line.slice(0, TEXT_SHOWN)}… (${line.length} characters)`;
}
