import type { Description, RoutedHost } from '../../describe/description.ts';
import { fittedColumns } from '../fitted-columns.ts';
import { counted, field, firstOf, type PageOptions, SHOWN } from './section.ts';

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
  const rows = first.rows.map((host) => [domainsText(host), host.where || '(inline)', destinationText(host), byText(host)]);
  const [head = '', ...body] = fittedColumns([['HOST', 'IN', 'GOES TO', 'BY'], ...rows], { own: [26, 14, 30, 42], width: options.width, indent: 2 });
  const besides = [
    inbound === 0 ? '' : `${counted(inbound, 'virtual host')} for inbound traffic`,
    own === 0 ? '' : `${own} of its own (telemetry, health checks)`,
  ].filter((part) => part !== '');
  return [
    options.style.bold(`Routes to${told.length === 0 ? ' no host' : ` ${counted(told.length, 'host')}`}`),
    ...(table.length > 0 ? [options.style.dim(head), ...body] : []),
    ...first.rest,
    ...field(table.length > 0 ? 'and services' : 'services', servicesText(services, common), options, 3),
    ...field('any other', rest, options),
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

/** A service under its own name, which no object says anything about: `outbound|80||catalog.shop.svc.cluster.local` for `catalog.shop`. */
function isPlainService({ objects, cluster_objects, filters, destinations }: RoutedHost, common: string | undefined): boolean {
  const [only, ...others] = destinations;
  const rules = cluster_objects.filter((rule) => rule !== common);
  const isOwn = /^outbound\|\d+\|\|/.test(only?.text ?? '') && only?.percent === null;
  return objects.length + rules.length + ownFilters(filters).length + others.length === 0 && isOwn;
}

const SERVICES = 24;

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

function servicesText(services: readonly RoutedHost[], common: string | undefined): string {
  if (services.length === 0) return '';
  const names = [...new Set(services.map(({ destinations }) => shortCluster(destinations[0]?.text ?? '')))];
  const rest = names.length > SERVICES ? `, … (${names.length} in all)` : '';
  const how = common === undefined ? 'without an object of Istio' : `by ${common}`;
  return `under their own names, ${how}: ${names.slice(0, SERVICES).join(', ')}${rest}`;
}

/** The shortest of the domains that end in the cluster's suffix or a port, without it; others as they are. */
function domainsText({ kind, domains, virtual_host }: RoutedHost): string {
  const short = [...new Set(domains.map((domain) => domain.replace(/:\d+$/, '').replace(/\.svc\.cluster\.local\.?$/, '')))];
  const [first, ...others] = domains.some((domain) => /\.svc\.cluster\.local/.test(domain)) ? short.slice(0, 1) : kind === 'tcp' ? domains : short;
  const text =
    first === undefined ? virtual_host || '(none)' : others.length > 1 ? `${first}, ${others[0]} + ${others.length - 1} more` : [first, ...others].join(', ');
  return kind === 'tcp' ? `${text} (TCP)` : text;
}

function destinationText({ destinations, routes }: RoutedHost): string {
  const [first, ...others] = destinations;
  if (first === undefined) return `404: ${counted(routes, 'route')}`;
  const shown = destinations.slice(0, 2).map(({ text, percent }) => `${shortCluster(text)}${percent === null ? '' : ` ${percent}%`}`);
  return `${shown.join(', ')}${others.length > 1 ? ` + ${others.length - 1} more` : ''}`;
}

/** Istio's cluster names without their direction and bars: `catalog.shop.svc.cluster.local:80 (v1)`. */
function shortCluster(name: string): string {
  const [, port, subset, host] = /^outbound\|(\d+)\|([^|]*)\|(.+)$/.exec(name) ?? [];
  return host === undefined ? name : `${host.replace(/\.svc\.cluster\.local$/, '')}:${port}${subset ? ` (${subset})` : ''}`;
}

function byText({ objects, cluster_objects: rules, filters }: RoutedHost): string {
  const all = [...new Set([...objects, ...rules])];
  const text = all.slice(0, 3).join(', ') + (all.length > 3 ? ` + ${all.length - 3} more` : '');
  return [
    text,
    ownFilters(filters).length === 0
      ? ''
      : `[${ownFilters(filters)
          .map((name) => name.replace(/^envoy\.filters\.http\./, ''))
          .join(', ')}]`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
