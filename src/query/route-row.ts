import type { Route, VirtualHost } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { RouteDestination } from './route-destination.ts';

/** One route of a virtual host; a virtual host without routes, and a route config without virtual hosts, has one row of its own. */
export interface RouteRow {
  /** The route config. */
  readonly resource: Resource;
  readonly configName: string;
  readonly hostCount: number;
  readonly host: VirtualHost | undefined;
  readonly domains: string;
  readonly route: Route | undefined;
  readonly match: string;
  readonly virtualService: string;
  readonly destination: RouteDestination;
  /** Of a large dump `host` and `route` have no more than the table shows: the same rows with all of it, and where this one is. */
  readonly wholeRows: () => readonly RouteRow[];
  readonly index: number;
}

/** The row with all that its route and virtual host have. */
export function wholeRow(row: RouteRow): RouteRow {
  return row.wholeRows()[row.index] ?? row;
}
