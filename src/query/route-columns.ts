import type { Column } from './listing.ts';
import { resourceColumns } from './resource-state.ts';
import { mirrorText, retriesText, rewriteText, timeoutText } from './route-extras-text.ts';
import { headerTexts, methodText, otherConditionTexts, queryTexts } from './route-match-text.ts';
import { type RouteRow, type WholeRouteRow, wholeRow } from './route-row.ts';

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
  { key: 'route', title: 'ROUTE', wide: true, cell: (row) => wholeRow(row).route?.name ?? '' },
  { key: 'method', title: 'METHOD', wide: true, cell: (row) => methodText(wholeRow(row).route?.match) },
  {
    key: 'headers',
    title: 'HEADERS',
    wide: true,
    cell: (row) => headerTexts(wholeRow(row).route?.match).join(' and '),
    json: (row) => headerTexts(wholeRow(row).route?.match),
  },
  {
    key: 'query',
    title: 'QUERY',
    wide: true,
    cell: (row) => queryTexts(wholeRow(row).route?.match).join(' and '),
    json: (row) => queryTexts(wholeRow(row).route?.match),
  },
  {
    key: 'other_conditions',
    title: 'OTHER CONDITIONS',
    wide: true,
    cell: (row) => otherConditionTexts(wholeRow(row).route?.match).join(' and '),
    json: (row) => otherConditionTexts(wholeRow(row).route?.match),
  },
  { key: 'timeout', title: 'TIMEOUT', wide: true, cell: (row) => timeoutText(wholeRow(row).route?.route) },
  { key: 'retries', title: 'RETRIES', wide: true, cell: (row) => retries(wholeRow(row)) },
  { key: 'rewrite', title: 'REWRITE', wide: true, cell: (row) => rewriteText(wholeRow(row).route?.route) },
  { key: 'mirror', title: 'MIRROR', wide: true, cell: (row) => mirrorText(wholeRow(row).route?.route) },
  { key: 'require_tls', title: 'TLS', wide: true, cell: (row) => String(wholeRow(row).host?.require_tls ?? '') },
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
