import { buildProxyConfig } from '../decode/build-proxy-config.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Needs } from '../source/live/fetch-plan.ts';
import { type InputArgs, inputProxies } from './command-input.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import type { GatheredListing, Io } from './io.ts';
import type { LiveInput } from './live-input.ts';
import type { FindOptions } from './live-proxies.ts';
import { mergeListings } from './merge-listings.ts';
import { tellInputNotes } from './notes.ts';
import { printMerged } from './print-listing.ts';

/**
 * Runs what shows one proxy for every proxy that the command line names: one, or with --all-pods several. Several make one table, whose
 * rows name their proxy; what is no table comes one proxy after the other, named on standard error.
 *
 * Out: status 0 where any of them is fine, else the first other status.
 */
export async function overProxies(
  args: InputArgs & { readonly output: string; readonly 'show-secrets': boolean; readonly 'no-headers': boolean; readonly compat?: unknown },
  needs: Needs,
  io: Io,
  show: (proxy: ProxyConfig, io: Io, input: LiveInput) => Promise<ExitStatus>,
  options: FindOptions = {},
): Promise<ExitStatus> {
  const inputs = await inputProxies(args, needs, io, options);
  const isTable = ['short', 'wide', 'rows'].includes(args.output) && args.compat === undefined;
  const gathered: GatheredListing[] = [];
  const statuses: ExitStatus[] = [];
  for (const input of inputs) {
    const { name, documents, notes } = input;
    const proxy = buildProxyConfig(name, documents, notes);
    tellInputNotes(proxy, io);
    if (inputs.length === 1) return show(proxy, io, input);
    if (!isTable) io.err(`proxy ${name}:\n`);
    statuses.push(await show(proxy, isTable ? { ...io, gather: (listing) => void gathered.push(listing) } : io, input));
  }
  const merged = mergeListings(gathered);
  if (merged !== undefined) await printMerged(merged, inputs.map((input) => input.name).join(', '), args, io);
  return statuses.find((status) => status === EXIT.fine) ?? statuses[0] ?? EXIT.fine;
}
