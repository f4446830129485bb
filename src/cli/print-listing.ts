import { encodeMessage } from '../decode/encode-message.ts';
import { maskSecretBytes } from '../decode/mask-secrets.ts';
import type { JsonValue } from '../dump/json-value.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { filterRows, type RowFilter } from '../query/filter-rows.ts';
import type { Listing } from '../query/listing.ts';
import { jsonArrayText, jsonText } from '../render/json-text.ts';
import { rowsDocument } from '../render/rows-document.ts';
import { renderTable } from '../render/table.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import { filterMissText } from './filter-miss.ts';
import type { Io } from './io.ts';
import type { ListingArgs } from './listing-flags.ts';
import { masker } from './masker.ts';
import { tellIssues } from './notes.ts';
import { usageFailure } from './run-cli.ts';

export interface PrintOptions<R> {
  readonly proxy: ProxyConfig;
  readonly filters: readonly RowFilter<R>[];
  readonly args: Pick<ListingArgs, 'output' | 'show-secrets' | 'no-headers'>;
  /** The document that `-o json` prints where it is not a list of the resources. */
  readonly document?: (kept: readonly R[]) => JsonValue;
  /** What `-o raw` prints where it is not the resources' own bytes. */
  readonly bytes?: (kept: readonly R[]) => Iterable<Uint8Array>;
  /** What `-o name` prints of a row, where it is not the resource's name. */
  readonly nameOf?: (row: R) => string;
}

/** Prints a listing in the form that was asked for. Out: status 1 where the filters leave nothing. Throws Failure PC1011 for a broken `~REGEX`. */
export async function printListing<R>(listing: Listing<R>, options: PrintOptions<R>, io: Io): Promise<ExitStatus> {
  const { kept, miss } = filtered(listing, options.filters);
  if (miss !== undefined) io.err(filterMissText(miss, listing.noun));
  const shown: Listing<R> = { ...listing, rows: kept };
  if (io.gather !== undefined) {
    io.gather({ proxy: options.proxy.label, listing: shown as unknown as Listing<unknown> });
    return miss === undefined ? EXIT.fine : EXIT.finding;
  }
  for (const note of listing.notes) io.err(noteLine(note));
  await printForm(shown, options, io, miss !== undefined);
  tellIssues(
    resourcesOf(shown, (resource) => resource.issuesSeen.length > 0),
    io,
  );
  return miss === undefined ? EXIT.fine : EXIT.finding;
}

function noteLine(note: string): string {
  return note.startsWith('[PC') ? `note${note}\n` : `note: ${note}\n`;
}

/** Prints the one table, or the document of rows, of several proxies. */
export async function printMerged<R>(listing: Listing<R>, proxies: string, args: PrintOptions<R>['args'], io: Io): Promise<void> {
  for (const note of listing.notes) io.err(noteLine(note));
  await printTable(listing, proxies, args, io, false);
}

function filtered<R>(listing: Listing<R>, filters: readonly RowFilter<R>[]): ReturnType<typeof filterRows<R>> {
  try {
    return filterRows(listing.rows, filters);
  } catch (error) {
    if (error instanceof SyntaxError) throw usageFailure(error.message, listing.kind);
    throw error;
  }
}

async function printForm<R>(listing: Listing<R>, options: PrintOptions<R>, io: Io, isMiss: boolean): Promise<void> {
  const { args } = options;
  const shown = masker(args);
  switch (args.output) {
    case 'json':
    case 'yaml':
      return printMessages(listing, options, shown, io);
    case 'raw':
      for (const bytes of options.bytes?.(listing.rows) ?? rawResources(listing)) {
        io.out(args['show-secrets'] ? bytes : maskSecretBytes(bytes));
        io.out('\n');
      }
      return;
    case 'name':
      for (const name of namesOf(listing, options)) io.out(`${name}\n`);
      return;
    default:
      return printTable(listing, options.proxy.label, args, io, isMiss);
  }
}

async function printTable<R>(listing: Listing<R>, proxy: string, args: PrintOptions<R>['args'], io: Io, isMiss: boolean): Promise<void> {
  if (args.output === 'rows') {
    io.out(`${jsonText(masker(args)(rowsDocument(listing, proxy)), { indent: 2 })}\n`);
  } else if (!isMiss) {
    const table = { wide: args.output === 'wide', headers: !args['no-headers'], color: io.color, columns: io.columns };
    for (const text of await renderTable(listing, table)) io.out(text);
  }
}

async function printMessages<R>(listing: Listing<R>, options: PrintOptions<R>, shown: <T>(value: T) => T, io: Io): Promise<void> {
  const isYaml = options.args.output === 'yaml';
  if (options.document) {
    const document = shown(options.document(listing.rows));
    if (isYaml) io.out((await import('../render/yaml-text.ts')).yamlText(document));
    else io.out(`${jsonText(document, { indent: 4 })}\n`);
    return;
  }
  const messages = function* (): Generator<JsonValue> {
    for (const resource of resourcesOf(listing)) yield encodeMessage(resource.type, shown(resource.value));
  };
  const texts = isYaml ? (await import('../render/yaml-text.ts')).yamlArrayText(messages()) : jsonArrayText(messages(), { indent: 4 });
  for (const text of texts) io.out(text);
}

/** The resources behind the rows that are asked for, each once, in the order of the rows. */
export function resourcesOf<R>(
  listing: Pick<Listing<R>, 'rows' | 'resourceOf'>,
  isAskedFor: (resource: Resource) => boolean = () => true,
): ReadonlySet<Resource> {
  const resources = new Set<Resource>();
  for (const row of listing.rows) {
    const resource = listing.resourceOf(row);
    if (resource !== undefined && isAskedFor(resource)) resources.add(resource);
  }
  return resources;
}

function* rawResources<R>(listing: Listing<R>): Generator<Uint8Array> {
  for (const resource of resourcesOf(listing)) {
    const bytes = resource.raw();
    // What stands inside another resource has no bytes of its own: it is written anew.
    yield bytes.length > 0 ? bytes : new TextEncoder().encode(jsonText(encodeMessage(resource.type, resource.value), { indent: 1 }));
  }
}

const NAME_KINDS: Readonly<Partial<Record<Resource['kind'], string>>> = { route_config: 'route' };

function namesOf<R>(listing: Listing<R>, options: PrintOptions<R>): Iterable<string> {
  if (options.nameOf) return new Set(listing.rows.map(options.nameOf));
  return [...resourcesOf(listing)].map((resource) => `${NAME_KINDS[resource.kind] ?? resource.kind}/${resource.name}`);
}
