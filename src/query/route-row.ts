import type { Route, VirtualHost } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { RouteDestination } from './route-destination.ts';

/** One route of a virtual host; a virtual host without routes, and a route config without virtual hosts, has one row of its own. */
export interface RouteRow {
  /** The route config. */
  readonly resource: Resource;
  readonly configName: string;
  readonly hostCount: number;
  /** Of the virtual host; '' and none where there is none. */
  readonly hostName: string;
  readonly allDomains: readonly string[];
  /** The domains in short. */
  readonly domains: string;
  /** The route's path condition in the table's words (undefined where there is no route), and as it is configured. */
  readonly pathText: string | undefined;
  readonly path: string;
  readonly match: string;
  readonly virtualService: string;
  readonly destination: RouteDestination;
  /** The same rows with all that is known of them, and where this one is among them: see {@link wholeRow}. */
  readonly wholeRows: () => readonly WholeRouteRow[];
  readonly index: number;
}

/** A row with its route and virtual host, of which a large dump's table reads only what it shows. */
export interface WholeRouteRow extends RouteRow {
  readonly host: VirtualHost | undefined;
  readonly route: Route | undefined;
}

/** The row with all of its route and virtual host; the route config is read as a whole for it. */
export function wholeRow(row: RouteRow): WholeRouteRow {
  return row.wholeRows()[row.index] as WholeRouteRow;
}
