import { listSecrets, type SecretRow, secretFilters } from '../../query/list-secrets.ts';
import { defineCommand } from '../command.ts';
import { nowOf } from '../common-flags.ts';
import { entriesDocument } from '../entries-document.ts';
import { filterFlag, LISTING_FLAGS } from '../listing-flags.ts';
import { TARGET } from '../live-flags.ts';
import { masker } from '../masker.ts';
import { overProxies } from '../over-proxies.ts';
import { compatSecrets, printCompat } from '../print-compat.ts';
import { printListing } from '../print-listing.ts';
import { requireSection } from '../section-request.ts';

export const command = defineCommand({
  flags: { ...LISTING_FLAGS, name: filterFlag('name of the secret') },
  positionals: [TARGET],
  examples: [
    ['pc secrets -f config_dump.json', 'certificates and when they end'],
    ['pc secrets -f config_dump.json -o wide', 'with names, issuer, days left'],
    ['pc secrets -f config_dump.json --now 2026-12-24T00:00:00Z', 'will they be valid then?'],
    ['pc secrets -f certs.json', 'from /certs'],
  ],
  async run(args, io) {
    return overProxies(args, { kinds: ['secret'], companions: ['certs'], name: args.name }, io, async (proxy, io) => {
      const now = nowOf(args);
      requireSection(proxy, 'secret', proxy.sections.has('secret') || proxy.certificates !== undefined);
      const shown = masker(args);
      if (args.compat) {
        const document = () =>
          shown(
            entriesDocument(
              'envoy.admin.v3.SecretsConfigDump',
              proxy.secrets.filter((s) => s.state !== 'static'),
            ),
          );
        const table = () => compatSecrets(proxy, { now });
        return printCompat({ table, document }, args, io);
      }
      const document = (kept: readonly SecretRow[]) => entriesDocument('envoy.admin.v3.SecretsConfigDump', new Set(kept.flatMap((row) => row.secret ?? [])));
      return printListing(listSecrets(proxy, now), { proxy, filters: secretFilters(args), args, document }, io);
    });
  },
});
