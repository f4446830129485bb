import type { Description, RoutedHost } from '../../describe/description.ts';
import { plural } from '../../diagnostics/words.ts';
import { clusterNameParts } from '../../query/cluster-name.ts';
import { fittedColumns } from '../fitted-columns.ts';
import { field, firstOf, type PageOptions, SHOWN } from './section.ts';

/** The hosts and TCP services that the proxy routes, where each goes, and by which object. Inbound hosts are told with their TLS. */
export function hostLines({ hosts, other_traffic: other }: Description, options: PageOptions): string[] {
  const told = hosts.filter(({ direction }) => direction === 'outbound');
  const inbound = hosts.filter(({ direction }) => direction === 'inbound').length;
  const own = hosts.filter(({ direction }) => direction === 'own').length;
  const rest = otherText(other);
  if (told.length === 0 && inbound + own === 0 && rest === '') return [];
  const common = commonRule(told);
  const services = told.filter((host) => isPlainService(host, common));
  const table = told.filter((host) => !isPlainService(host, common));
  const first = firstOf(table, SHOWN.hosts, options, table.some(({ kind }) => kind === 'http') ? 'routes' : 'listeners');
  const rows = first.rows.flatMap((host) => {
    const [by = '', ...more] = byTexts(host);
    const [goes = '', arms = ''] = destinationTexts(host);
    const line = [domainsText(host), host.where || '(inline)', goes, by];
    return more.length === 0 && arms === '' ? [line] : [line, ['', '', arms, more.join(', ')]];
  });
  const [head = '', ...body] = fittedColumns([['HOST', 'IN', 'GOES TO', 'BY'], ...rows], { own: [24, 12, 34, 42], width: options.width, indent: 2 });
  const besides = [
    inbound === 0 ? '' : `${plural(inbound, 'virtual host')} for inbound traffic`,
    own === 0 ? '' : `${own} of its own (telemetry, health checks)`,
  ].filter((part) => part !== '');
  return [
    options.style.bold(`Routes to${told.length === 0 ? ' no host' : ` ${plural(told.length, 'host')}`}`),
    ...(table.length > 0 ? [options.style.dim(head), ...body] : []),
    ...first.rest,
    ...field(table.length > 0 ? 'and services' : 'services', servicesText(services, common, options.width), options, SERVICE_LINES),
    ...field('any other', rest, options, 3),
    ...field('besides', besides.join('; '), options),
  ];
}

function otherText({ http, tcp }: Description['other_traffic']): string {
  const say = (label: string, texts: readonly string[]): string => (texts.length === 0 ? '' : `${label}: ${texts.map(unnamedText).join(' or ')}`);
  return [say('HTTP to a host that no route names', http), say('connections to an address that no listener has', tcp)].filter((part) => part !== '').join('; ');
}

const PASSED = /^(?:PassthroughCluster|original-destination|passthrough-outbound|outbound:passthrough:ipv[46])$/;

function unnamedText(destination: string): string {
  if (PASSED.test(destination)) return `passed through to where it was going (${destination})`;
  return destination === 'BlackHoleCluster' ? 'closed (BlackHoleCluster)' : destination;
}

/**
 * A service under its own name, which no object says anything about: `outbound|80||catalog.shop.svc.cluster.local` for
 * `catalog.shop.svc.cluster.local`, its address, or the server name that stands for it.
 */
function isPlainService({ kind, domains, objects, cluster_objects, filters, destinations }: RoutedHost, common: string | undefined): boolean {
  const [only, ...others] = destinations;
  const rules = cluster_objects.filter((rule) => rule !== common);
  if (only === undefined || only.percent !== null || objects.length + rules.length + ownFilters(filters).length + others.length > 0) return false;
  const parts = clusterNameParts(only.text);
  if (parts === undefined || parts.direction !== 'outbound' || parts.subset !== '') return false;
  const isAddress = (domain: string): boolean => /^(?:\*|[\d.]+|\[?[\da-f:]+\]?)(?::\d+)?$/i.test(domain);
  return (
    domains.every((domain) => (kind === 'tcp' && isAddress(domain)) || domain === only.text) ||
    (kind === 'http' && domains.some((domain) => domain === parts.fqdn || isAddress(domain)))
  );
}

/** A DestinationRule that holds for most hosts, as a mesh-wide default does. */
function commonRule(hosts: readonly RoutedHost[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { cluster_objects: rules } of hosts) for (const rule of rules) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most !== undefined && most[1] > 4 && most[1] * 2 > hosts.length ? most[0] : undefined;
}

/** Filters that are worth a word: Istio's older versions set Mixer's for every route. */
function ownFilters(filters: readonly string[]): readonly string[] {
  return filters.filter((name) => !/^(?:mixer|istio[._])/.test(name));
}

const SERVICE_LINES = 3;
/** What stands before the text of a line, and what words that do not fit a line leave of it. */
const INDENT = 24;
const ROOM_FOR_REST = 40;

/** The names of the services, as many as three lines have room for. */
function servicesText(services: readonly RoutedHost[], common: string | undefined, width: number): string {
  if (services.length === 0) return '';
  const names = [...new Set(services.map(({ destinations }) => shortCluster(destinations[0]?.text ?? '')))];
  let text = `under their own names, ${common === undefined ? 'without an object of Istio' : `by ${common}`}: `;
  for (const [i, name] of names.entries()) {
    if (text.length + name.length > SERVICE_LINES * (width - INDENT) - ROOM_FOR_REST) return `${text}… and ${names.length - i} more`;
    text += i === names.length - 1 ? name : `${name}, `;
  }
  return text;
}

/** The shortest of the domains that end in the cluster's suffix or a port, without it; others as they are. */
function domainsText({ kind, domains, virtual_host }: RoutedHost): string {
  const short = [...new Set(domains.map((domain) => domain.replace(/:\d+$/, '').replace(/(?:\.svc\.cluster\.local)?\.?$/, '')))];
  const [first, ...others] = domains.some((domain) => /\.svc\.cluster\.local/.test(domain)) ? short.slice(0, 1) : kind === 'tcp' ? domains : short;
  const text =
    first === undefined ? virtual_host || '(none)' : others.length > 1 ? `${first}, ${others[0]} + ${others.length - 1} more` : [first, ...others].join(', ');
  return kind === 'tcp' ? `${text} (TCP)` : text;
}

/** Where a host goes to; the arms of a split of one service on a line of their own: `catalog.shop:80`, `v1 20%, v2 80%`. */
function destinationTexts({ destinations, routes }: RoutedHost): readonly string[] {
  const [first, ...others] = destinations;
  if (first === undefined) return [`404: ${plural(routes, 'route')}`];
  const parts = destinations.map(({ text }) => clusterNameParts(text));
  const [one] = parts;
  if (one !== undefined && others.length > 0 && parts.every((part) => part?.fqdn === one.fqdn && part.port === one.port)) {
    const arms = destinations.map(({ percent }, i) => `${parts[i]?.subset || 'all'}${percent === null ? '' : ` ${percent}%`}`);
    return [shortCluster(`outbound|${one.port}||${one.fqdn}`), `  ${arms.slice(0, 4).join(', ')}${arms.length > 4 ? ` + ${arms.length - 4} more` : ''}`];
  }
  return [`${destinations.slice(0, 2).map(shareText).join(', ')}${others.length > 1 ? ` + ${others.length - 1} more` : ''}`];
}

function shareText({ text, percent }: RoutedHost['destinations'][number]): string {
  return `${shortCluster(text)}${percent === null ? '' : ` ${percent}%`}`;
}

/** Istio's cluster names without their direction and bars: `catalog.shop:80 (v1)`. */
function shortCluster(name: string): string {
  const parts = clusterNameParts(name);
  if (parts === undefined || parts.direction !== 'outbound') return name;
  const { fqdn, port, subset, asServerName } = parts;
  const part = subset === '' || subset === '_' ? '' : ` (${subset})`;
  return `${fqdn.replace(/\.svc\.cluster\.local$/, '')}:${port}${part}${asServerName ? ' by SNI' : ''}`;
}

/** The object of the host first, then those of its clusters and the filters that are set for it. */
function byTexts({ objects, cluster_objects: rules, filters }: RoutedHost): readonly string[] {
  const [first, ...others] = [...new Set([...objects, ...rules])];
  const own = ownFilters(filters);
  const more = [...others.slice(0, 3), ...(others.length > 3 ? [`+ ${others.length - 3} more`] : [])];
  return [
    ...(first === undefined ? [] : [first]),
    ...more,
    ...(own.length === 0 ? [] : [`[${own.map((name) => name.replace(/^envoy\.filters\.http\./, '')).join(', ')}]`]),
  ];
}
