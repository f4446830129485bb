import { encodeMessage } from '../../decode/encode-message.ts';
import type { JsonValue } from '../../dump/json-value.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import { istioctlClusterStatuses, istioctlEdsTable, istioctlEndpointTable } from '../../query/istioctl/endpoints.ts';
import { type EndpointRow, endpointFilters, listEndpoints } from '../../query/list-endpoints.ts';
import { clusterStatusBytes } from '../cluster-status-bytes.ts';
import { defineCommand } from '../command.ts';
import { withPods } from '../endpoint-pods.ts';
import { filterFlag, LISTING_FLAGS } from '../listing-flags.ts';
import { TARGET } from '../live-flags.ts';
import { overProxies } from '../over-proxies.ts';
import { printCompat } from '../print-compat.ts';
import { printListing, resourcesOf } from '../print-listing.ts';
import { requireSection } from '../section-request.ts';

export const CLUSTER_STATUS = 'envoy.admin.v3.ClusterStatus';

export const command = defineCommand({
  flags: {
    ...LISTING_FLAGS,
    address: filterFlag('address, with or without its port'),
    port: filterFlag('port'),
    cluster: filterFlag('whole cluster name'),
    status: filterFlag('HEALTHY, UNHEALTHY, DEGRADED, DRAINING …'),
  },
  positionals: [TARGET],
  examples: [
    ['pc endpoints -f config_dump.json -f clusters.json', 'EDS and /clusters joined'],
    ['pc endpoints -f clusters.json --status unhealthy', 'which endpoints get no traffic?'],
    ["pc endpoints -f config_dump.json --cluster 'outbound|80||catalog*' -o wide", 'with weight, share, priority, locality'],
    ['pc endpoints -f config_dump.json -f clusters.json -o rows', 'the joined table as a JSON document'],
  ],
  async run(args, io) {
    return overProxies(
      args,
      { kinds: ['cluster', 'endpoint'], companions: ['clusters'] },
      io,
      async (proxy, io, { pods }) => {
        // A large table has no room for what it does not show.
        const hasShares = args.output === 'wide' || args.output === 'rows';
        const listed = listEndpoints(proxy, pods === undefined && args.compat === undefined ? args : {}, hasShares);
        const listing = pods === undefined ? listed : withPods(listed, pods);
        requireSection(proxy, 'endpoint', proxy.sections.has('endpoint') || proxy.clusterStatuses !== undefined || listing.rows.length > 0);
        if (args.compat) {
          const flags = { ...args, port: args.port === undefined ? undefined : Number(args.port) };
          // istioctl reads /clusters here; from a dump alone it would print nothing.
          const table = () =>
            proxy.clusterStatuses === undefined && proxy.endpoints.length > 0 ? istioctlEdsTable(proxy, flags) : istioctlEndpointTable(proxy, flags);
          const document = () => istioctlClusterStatuses(proxy, flags).map((status) => encodeMessage(CLUSTER_STATUS, status));
          return printCompat({ table, document }, args, io);
        }
        const filters = endpointFilters(args);
        const own = proxy.clusterStatuses === undefined ? {} : { document: (kept: readonly EndpointRow[]) => statusDocument(proxy, kept) };
        const bytes = function* (kept: readonly EndpointRow[]): Generator<Uint8Array> {
          for (const resource of resourcesOf({ rows: kept, resourceOf: listing.resourceOf })) if (resource.kind === 'endpoint') yield resource.raw();
          yield* clusterStatusBytes(proxy, new Set(kept.map((row) => row.cluster)));
        };
        const nameOf = (row: EndpointRow): string => `endpoint/${row.address ?? '(none)'}`;
        return printListing(listing, { proxy, filters, args, nameOf, bytes, ...own }, io);
      },
      { withPods: args.compat === undefined },
    );
  },
});

/** istioctl's JSON of endpoints: the whole status of each cluster that has a row. */
function statusDocument(proxy: ProxyConfig, kept: readonly EndpointRow[]): JsonValue {
  const clusters = new Set(kept.map((row) => row.cluster));
  const statuses = proxy.clusterStatuses?.value.cluster_statuses ?? [];
  return statuses.filter((status) => clusters.has(status.name ?? '')).map((status) => encodeMessage(CLUSTER_STATUS, status));
}
