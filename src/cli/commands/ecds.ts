import { istioctlEcdsTable } from '../../query/istioctl/ecds.ts';
import { type EcdsRow, ecdsFilters, listEcds } from '../../query/list-ecds.ts';
import { defineCommand } from '../command.ts';
import { entriesDocument } from '../entries-document.ts';
import { filterFlag, LISTING_FLAGS } from '../listing-flags.ts';
import { TARGET } from '../live-flags.ts';
import { masker } from '../masker.ts';
import { overProxies } from '../over-proxies.ts';
import { printCompat } from '../print-compat.ts';
import { printListing } from '../print-listing.ts';
import { requireSection } from '../section-request.ts';

const SECTION = 'envoy.admin.v3.EcdsConfigDump';

export const command = defineCommand({
  flags: { ...LISTING_FLAGS, name: filterFlag('name of the extension configuration') },
  positionals: [TARGET],
  examples: [
    ['pc ecds -f config_dump.json', 'extensions that are configured by discovery'],
    ['pc ecds -f config_dump.json -o yaml', 'with their configuration'],
  ],
  async run(args, io) {
    return overProxies(args, { kinds: ['ecds'], name: args.name }, io, async (proxy, io) => {
      requireSection(proxy, 'ecds');
      const shown = masker(args);
      if (args.compat) return printCompat({ table: () => istioctlEcdsTable(proxy), document: () => shown(entriesDocument(SECTION, proxy.ecds)) }, args, io);
      const document = (kept: readonly EcdsRow[]) => entriesDocument(SECTION, new Set(kept.map((row) => row.resource)));
      return printListing(listEcds(proxy), { proxy, filters: ecdsFilters(args), args, document }, io);
    });
  },
});
