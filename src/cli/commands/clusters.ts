import { encodeMessage } from '../../decode/encode-message.ts';
import { istioctlClusters, istioctlClusterTable } from '../../query/istioctl/clusters.ts';
import { clusterFilters, listClusters } from '../../query/list-clusters.ts';
import { defineCommand } from '../command.ts';
import { filterFlag, LISTING_FLAGS } from '../listing-flags.ts';
import { TARGET } from '../live-flags.ts';
import { masker } from '../masker.ts';
import { overProxies } from '../over-proxies.ts';
import { printCompat } from '../print-compat.ts';
import { printListing } from '../print-listing.ts';
import { requireSection } from '../section-request.ts';

export const command = defineCommand({
  flags: {
    ...LISTING_FLAGS,
    fqdn: filterFlag('host name of the service'),
    port: filterFlag('port of the service'),
    subset: filterFlag('subset of the DestinationRule'),
    direction: filterFlag('inbound, outbound, inbound-vip'),
    cluster: filterFlag('whole cluster name'),
    type: filterFlag('discovery type: EDS, STRICT_DNS, envoy.clusters.aggregate …'),
  },
  positionals: [TARGET],
  examples: [
    ['pc clusters -f config_dump.json', 'every cluster, in whatever state'],
    ['pc clusters -f config_dump.json --fqdn catalog --port 80', 'the clusters of one service'],
    ['pc clusters -f config_dump.json --type EDS -o wide', 'with load balancing, TLS, health checks, versions'],
    ["pc clusters -f config_dump.json -o json | jq '.[].name'", 'the resources as istioctl has them'],
  ],
  async run(args, io) {
    return overProxies(args, { kinds: ['cluster'], name: args.cluster }, io, async (proxy, io) => {
      requireSection(proxy, 'cluster', proxy.sections.has('cluster') || proxy.clusterStatuses !== undefined);
      if (args.compat) {
        const flags = { ...args, port: args.port === undefined ? undefined : Number(args.port) };
        const masked = masker(args);
        const document = () => istioctlClusters(proxy, flags).map(({ type, value }) => encodeMessage(type, masked(value)));
        return printCompat({ table: () => istioctlClusterTable(proxy, flags), document }, args, io);
      }
      return printListing(listClusters(proxy, args), { proxy, filters: clusterFilters(args), args }, io);
    });
  },
});
