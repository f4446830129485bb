import { encodeMessage } from '../../decode/encode-message.ts';
import { istioctlRouteConfigs, istioctlRouteTable } from '../../query/istioctl/routes.ts';
import { listRoutes, routeFilters, withoutRoutes } from '../../query/list-routes.ts';
import { defineCommand } from '../command.ts';
import { filterFlag, LISTING_FLAGS, verboseFlag } from '../listing-flags.ts';
import { TARGET } from '../live-flags.ts';
import { masker } from '../masker.ts';
import { overProxies } from '../over-proxies.ts';
import { printCompat } from '../print-compat.ts';
import { printListing } from '../print-listing.ts';
import { requireSection } from '../section-request.ts';

export const command = defineCommand({
  flags: {
    ...LISTING_FLAGS,
    name: filterFlag('name of the route config'),
    domain: filterFlag('domain of the virtual host'),
    path: filterFlag('configured path, prefix or regex'),
    cluster: filterFlag('cluster that a route sends to, arms of a split included'),
    'virtual-service': filterFlag('VirtualService (name or name.namespace) that a route was made of'),
    verbose: verboseFlag('one row for each route; --verbose=false: for each route config'),
  },
  positionals: [TARGET],
  examples: [
    ['pc routes -f config_dump.json', 'every route and where it goes'],
    ['pc routes -f config_dump.json --name 80 --domain catalog', 'the routes of one host'],
    ["pc routes -f config_dump.json --cluster '*|v2|*' -o wide", 'which routes send to subset v2, with conditions, timeouts, retries'],
    ['pc routes -f config_dump.json -o rows', 'the table as a JSON document'],
  ],
  async run(args, io) {
    return overProxies(args, { kinds: ['route_config'], name: args.name }, io, async (proxy, io) => {
      const masked = masker(args);
      const wanted = { ...args, virtualService: args['virtual-service'] };
      // A row of a whole config stands for its first route, be it one that a filter leaves out.
      const listing = listRoutes(proxy, masked, args.verbose && args.compat === undefined ? wanted : {});
      requireSection(proxy, 'route_config', proxy.sections.has('route_config') || listing.rows.length > 0);
      if (args.compat) {
        const document = () => istioctlRouteConfigs(proxy, args).map(({ type, value }) => encodeMessage(type, masked(value)));
        return printCompat({ table: () => istioctlRouteTable(proxy, args), document }, args, io);
      }
      return printListing(args.verbose ? listing : withoutRoutes(listing), { proxy, filters: routeFilters(wanted), args }, io);
    });
  },
});
