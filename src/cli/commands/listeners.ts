import { encodeMessage } from '../../decode/encode-message.ts';
import { istioctlListeners, istioctlListenerTable } from '../../query/istioctl/listeners.ts';
import { listenerFilters, listListeners, withoutChains } from '../../query/list-listeners.ts';
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
    name: filterFlag('listener name'),
    address: filterFlag('address, with or without its port'),
    port: filterFlag('port'),
    type: filterFlag('HTTP, TCP, HTTP+TCP, UDP or UNKNOWN'),
    cluster: filterFlag('cluster that a filter chain itself names'),
    domain: filterFlag('server name (SNI) that a filter chain matches'),
    verbose: verboseFlag('one row for each filter chain; --verbose=false: for each listener'),
  },
  positionals: [TARGET],
  examples: [
    ['pc listeners -f config_dump.json', 'every listener with its filter chains'],
    ['pc listeners -f config_dump.json --port 15006 -o wide', 'one port with TLS, filters, versions'],
    ['pc listeners -f config_dump.json --type tcp --cluster "*mysql*"', 'which listeners send to a cluster?'],
    ["pc listeners -f config_dump.json -o json | jq -r '.[].name'", 'the resources as istioctl has them'],
  ],
  async run(args, io) {
    return overProxies(args, { kinds: ['listener'], name: args.name }, io, async (proxy, io) => {
      requireSection(proxy, 'listener', proxy.sections.has('listener') || proxy.listenerStatuses !== undefined);
      if (args.compat) {
        const flags = { ...args, port: args.port === undefined ? undefined : Number(args.port) };
        const masked = masker(args);
        const document = () => istioctlListeners(proxy, flags).map(({ type, value }) => encodeMessage(type, masked(value)));
        return printCompat({ table: () => istioctlListenerTable(proxy, flags), document }, args, io);
      }
      const listing = listListeners(proxy);
      const filters = listenerFilters(args);
      return printListing(args.verbose ? listing : withoutChains(listing), { proxy, filters, args }, io);
    });
  },
});
