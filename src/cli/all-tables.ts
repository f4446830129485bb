import { Failure } from '../dump/failure.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { RowFilter } from '../query/filter-rows.ts';
import { istioctlClusterTable } from '../query/istioctl/clusters.ts';
import { istioctlEdsTable } from '../query/istioctl/endpoints.ts';
import { istioctlListenerTable } from '../query/istioctl/listeners.ts';
import type { PlainTable } from '../query/istioctl/plain-table.ts';
import { istioctlRouteTable } from '../query/istioctl/routes.ts';
import { clusterFilters, listClusters } from '../query/list-clusters.ts';
import { listEcds } from '../query/list-ecds.ts';
import { endpointFilters, listEndpoints } from '../query/list-endpoints.ts';
import { listenerFilters, listListeners, withoutChains } from '../query/list-listeners.ts';
import { listRoutes, routeFilters, withoutRoutes } from '../query/list-routes.ts';
import { listSecrets } from '../query/list-secrets.ts';
import type { Listing } from '../query/listing.ts';
import type { ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';
import type { ListingArgs } from './listing-flags.ts';
import { masker } from './masker.ts';
import { compatSecrets, printCompat } from './print-compat.ts';
import { printListing } from './print-listing.ts';
import { requireSection } from './section-request.ts';

export interface AllArgs extends ListingArgs {
  readonly address?: string | undefined;
  readonly port?: string | undefined;
  readonly name?: string | undefined;
  readonly fqdn?: string | undefined;
  readonly subset?: string | undefined;
  readonly direction?: string | undefined;
  readonly type?: string | undefined;
  readonly verbose: boolean;
}

/** One table of `pc all`: how to print it, or why the input has not the data for it. */
export interface AllTable {
  readonly heading: string;
  readonly missing?: Failure;
  readonly print?: (io: Io) => Promise<ExitStatus>;
}

/** The tables of `pc all`, in istioctl's order, each with the filters that are for it. */
export function* allTables(proxy: ProxyConfig, args: AllArgs, now: Date): Generator<AllTable> {
  const { address, port, name, fqdn, subset, direction, type } = args;
  const own =
    <R>(listing: Listing<R>, filters: readonly RowFilter<R>[]) =>
    (io: Io) =>
      printListing(listing, { proxy, filters, args }, io);
  const numeric = { ...args, port: port === undefined ? undefined : Number(port), named: true };
  const compat = (table: () => PlainTable | string) => (io: Io) => printCompat({ table, document: () => null }, args, io);
  const print = <R>(table: () => PlainTable | string, listing: () => Listing<R>, filters: readonly RowFilter<R>[]) =>
    args.compat ? compat(table) : (io: Io) => own(listing(), filters)(io);

  yield missing('CLUSTER', () => requireSection(proxy, 'cluster')) ?? {
    heading: 'CLUSTER INFO',
    print: print(
      () => istioctlClusterTable(proxy, numeric),
      () => listClusters(proxy),
      clusterFilters({ fqdn, port, subset, direction }),
    ),
  };
  const listeners = (): ReturnType<typeof listListeners> => (args.verbose ? listListeners(proxy) : withoutChains(listListeners(proxy)));
  yield missing('LISTENER', () => requireSection(proxy, 'listener')) ?? {
    heading: 'LISTENER INFO',
    print: print(() => istioctlListenerTable(proxy, numeric), listeners, listenerFilters({ address, port, type })),
  };
  const listedRoutes = listRoutes(proxy, masker(args));
  const routes = args.verbose ? listedRoutes : withoutRoutes(listedRoutes);
  yield missing('ROUTE', () => requireSection(proxy, 'route_config', proxy.sections.has('route_config') || listedRoutes.rows.length > 0)) ?? {
    heading: 'ROUTE INFO',
    print: print(
      () => istioctlRouteTable(proxy, { ...numeric, name }),
      () => routes,
      routeFilters({ name }),
    ),
  };
  yield missing('SECRET', () => requireSection(proxy, 'secret', proxy.sections.has('secret') || proxy.certificates !== undefined)) ?? {
    heading: 'SECRET INFO',
    print: print(
      () => compatSecrets(proxy, { now, named: true }),
      () => listSecrets(proxy, now),
      [],
    ),
  };
  if (!args.compat && proxy.ecds.length > 0) yield { heading: 'ECDS INFO', print: own(listEcds(proxy), []) };
  const endpoints = listEndpoints(proxy);
  const hasEndpoints = proxy.sections.has('endpoint') || proxy.clusterStatuses !== undefined || endpoints.rows.length > 0;
  yield missing('ENDPOINTS', () => requireSection(proxy, 'endpoint', hasEndpoints)) ?? {
    heading: 'ENDPOINTS INFO',
    print: print(
      () => istioctlEdsTable(proxy, numeric),
      () => endpoints,
      endpointFilters({ address, port }),
    ),
  };
}

function missing(heading: string, check: () => void): AllTable | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return { heading, missing: error };
    throw error;
  }
}
