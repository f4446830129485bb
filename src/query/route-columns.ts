import type { Column } from './listing.ts';
import { resourceColumns } from './resource-state.ts';
import { mirrorText, retriesText, rewriteText, timeoutText } from './route-extras-text.ts';
import { headerTexts, methodText, otherConditionTexts, queryTexts } from './route-match-text.ts';
import type { RouteRow, WholeRouteRow } from './route-row.ts';

const STATE = resourceColumns<RouteRow>((row) => row.resource);
const NAME: Column<RouteRow> = { key: 'route_config', title: 'NAME', cell: (row) => row.configName };

/** istioctl's columns, then where the route goes; what else decides and happens stands in the wide table. */
export const ROUTE_COLUMNS: readonly Column<RouteRow>[] = [
  NAME,
  { key: 'virtual_host', title: 'VHOST NAME', cell: (row) => row.hostName },
  { key: 'domains', title: 'DOMAINS', cell: (row) => row.domains, json: (row) => row.allDomains },
  { key: 'match', title: 'MATCH', cell: (row) => row.match },
  { key: 'path', cell: (row) => row.path },
  { key: 'virtual_service', title: 'VIRTUAL SERVICE', cell: (row) => row.virtualService },
  STATE.state,
  {
    key: 'destination',
    title: 'DESTINATION',
    cell: (row) => row.destination.text,
    json: (row) => ({ kind: row.destination.kind, text: row.destination.text, clusters: row.destination.arms }),
    tone: (row) => (row.destination.kind === 'none' ? 'warning' : undefined),
  },
  { key: 'route', title: 'ROUTE', wide: true, cell: (row) => row.whole().route?.name ?? '' },
  { key: 'method', title: 'METHOD', wide: true, cell: (row) => methodText(row.whole().route?.match) },
  {
    key: 'headers',
    title: 'HEADERS',
    wide: true,
    cell: (row) => headerTexts(row.whole().route?.match).join(' and '),
    json: (row) => headerTexts(row.whole().route?.match),
  },
  {
    key: 'query',
    title: 'QUERY',
    wide: true,
    cell: (row) => queryTexts(row.whole().route?.match).join(' and '),
    json: (row) => queryTexts(row.whole().route?.match),
  },
  {
    key: 'other_conditions',
    title: 'OTHER CONDITIONS',
    wide: true,
    cell: (row) => otherConditionTexts(row.whole().route?.match).join(' and '),
    json: (row) => otherConditionTexts(row.whole().route?.match),
  },
  { key: 'timeout', title: 'TIMEOUT', wide: true, cell: (row) => timeoutText(row.whole().route?.route) },
  { key: 'retries', title: 'RETRIES', wide: true, cell: (row) => retries(row.whole()) },
  { key: 'rewrite', title: 'REWRITE', wide: true, cell: (row) => rewriteText(row.whole().route?.route) },
  { key: 'mirror', title: 'MIRROR', wide: true, cell: (row) => mirrorText(row.whole().route?.route) },
  { key: 'require_tls', title: 'TLS', wide: true, cell: (row) => String(row.whole().host?.require_tls ?? '') },
  STATE.version,
  STATE.updated,
  STATE.place,
];

function retries({ host, route }: WholeRouteRow): string {
  return host ? retriesText(route?.route, host) : '';
}

/** The table of `--verbose=false`. */
export const ROUTE_CONFIG_COLUMNS: readonly Column<RouteRow>[] = [
  NAME,
  { key: 'virtual_hosts', title: 'VIRTUAL HOSTS', cell: (row) => String(row.hostCount), json: (row) => row.hostCount },
  STATE.state,
  STATE.version,
  STATE.updated,
  STATE.place,
];
