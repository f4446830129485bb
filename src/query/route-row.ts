import type { Route, VirtualHost } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { RouteDestination } from './route-destination.ts';

/** What all rows of a route config have. */
export interface RowsOfConfig {
  /** The route config. */
  readonly resource: Resource;
  readonly configName: string;
  readonly hostCount: number;
  /** The domains of a virtual host, by its index: read when they are asked for. */
  domainsOf(host: number): readonly string[];
  /** The same rows with all that is known of them. */
  wholeRows(): readonly WholeRouteRow[];
}

/** What all rows of a virtual host have. */
export interface RowsOfHost {
  readonly index: number;
  /** '' where there is none. */
  readonly name: string;
  /** The domains in short. */
  readonly domains: string;
}

/** What a row says of its own route. */
export interface RouteTexts {
  /** The route's path condition in the table's words (undefined where there is no route), and as it is configured. */
  readonly pathText: string | undefined;
  readonly path: string;
  readonly match: string;
  readonly virtualService: string;
  readonly destination: RouteDestination;
}

/** One route of a virtual host; a virtual host without routes, and a route config without virtual hosts, has one row of its own. */
export class RouteRow implements RouteTexts {
  readonly pathText: string | undefined;
  readonly path: string;
  readonly match: string;
  readonly virtualService: string;
  readonly destination: RouteDestination;
  private readonly config: RowsOfConfig;
  private readonly ofHost: RowsOfHost;
  /** Where it is among the rows of its config. */
  private readonly index: number;

  constructor(config: RowsOfConfig, ofHost: RowsOfHost, index: number, { pathText, path, match, virtualService, destination }: RouteTexts) {
    this.pathText = pathText;
    this.path = path;
    this.match = match;
    this.virtualService = virtualService;
    this.destination = destination;
    this.config = config;
    this.ofHost = ofHost;
    this.index = index;
  }

  get resource(): Resource {
    return this.config.resource;
  }
  get configName(): string {
    return this.config.configName;
  }
  get hostCount(): number {
    return this.config.hostCount;
  }
  get hostName(): string {
    return this.ofHost.name;
  }
  get domains(): string {
    return this.ofHost.domains;
  }
  get allDomains(): readonly string[] {
    return this.config.domainsOf(this.ofHost.index);
  }

  /** The row with all of its route and virtual host; the route config is read as a whole for it. */
  whole(): WholeRouteRow {
    return this.config.wholeRows()[this.index] as WholeRouteRow;
  }
}

/** A row with its route and virtual host, of which a large dump's table reads only what it shows. */
export class WholeRouteRow extends RouteRow {
  readonly host: VirtualHost | undefined;
  readonly route: Route | undefined;

  constructor(config: RowsOfConfig, ofHost: RowsOfHost, index: number, texts: RouteTexts, host: VirtualHost | undefined, route: Route | undefined) {
    super(config, ofHost, index, texts);
    this.host = host;
    this.route = route;
  }
}
