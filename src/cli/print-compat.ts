import type { JsonValue } from '../dump/json-value.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { PlainTable } from '../query/istioctl/plain-table.ts';
import { istioctlSecretTable } from '../query/istioctl/secrets.ts';
import { jsonText } from '../render/json-text.ts';
import { paddedColumns } from '../render/padded-columns.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';
import type { ListingArgs } from './listing-flags.ts';

/** The text of a table as istioctl prints it. */
export function* compatTable(table: PlainTable, headers = true): Generator<string> {
  yield* paddedColumns(headers ? [table.header, ...table.rows] : table.rows, { padding: table.padding });
}

/** Prints what istioctl prints: its table, or its JSON or YAML; both are made only where they are asked for. Its filters that match nothing are no finding. */
export async function printCompat(
  forms: { readonly table: () => PlainTable | string; readonly document: () => JsonValue },
  args: Pick<ListingArgs, 'output' | 'no-headers'>,
  io: Io,
): Promise<ExitStatus> {
  if (args.output === 'json') io.out(`${jsonText(forms.document(), { indent: 4, asGo: true })}\n`);
  else if (args.output === 'yaml') io.out((await import('../render/yaml-text.ts')).yamlText(forms.document(), true));
  else {
    const table = forms.table();
    if (typeof table === 'string') io.out(table);
    else for (const line of compatTable(table, !args['no-headers'])) io.out(line);
  }
  return EXIT.fine;
}

/** istioctl's table of secrets; where it has no row, what istioctl prints instead of it. */
export function compatSecrets(proxy: ProxyConfig, flags: { readonly now: Date; readonly named?: boolean }): PlainTable | string {
  const table = istioctlSecretTable(proxy, flags);
  return table.rows.length === 0 ? 'No active or warming secrets found.\n' : table;
}
