import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { type ByteSource, bytesSource, type SourceStore } from '../../src/dump/byte-source.ts';
import { Failure } from '../../src/dump/failure.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { listClusters } from '../../src/query/list-clusters.ts';
import { listEndpoints } from '../../src/query/list-endpoints.ts';
import { listListeners } from '../../src/query/list-listeners.ts';
import { listRoutes } from '../../src/query/list-routes.ts';
import { listSecrets } from '../../src/query/list-secrets.ts';
import { type Column, type Listing, tableColumns } from '../../src/query/listing.ts';
import { searchNatively } from '../../src/source/search-natively.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = [join(ROOT, 'snapshots'), join(ROOT, '../shared/data/dumps')];

function jsonFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => join(folder, file));
}

/** Everything that the tables, the JSON of the resources and a trace say of a source. */
async function everything(source: ByteSource): Promise<unknown> {
  try {
    const documents = await readDocuments(source);
    const bySource = [false, true].map((wide) => {
      const proxy = buildProxyConfig('proxy', documents);
      return [
        told(listListeners(proxy), wide),
        told(
          listRoutes(proxy, (value) => value),
          wide,
        ),
        told(listClusters(proxy), wide),
        told(listEndpoints(proxy), wide),
      ];
    });
    const proxy = buildProxyConfig('proxy', documents);
    return { bySource, secrets: told(listSecrets(proxy, new Date(0)), true), resources: resourcesOf(proxy), trace: traced(proxy), notes: proxy.notes };
  } catch (error) {
    if (error instanceof Failure) return { id: error.id, message: error.message, place: error.place };
    throw error;
  }
}

function told<R>(listing: Listing<R>, wide: boolean): unknown {
  const columns: readonly Column<R>[] = tableColumns(listing, wide);
  return [listing.notes, columns.map((column) => column.title), listing.rows.map((row) => columns.map((column) => column.cell(row)))];
}

function resourcesOf(proxy: ProxyConfig): unknown {
  const all = [proxy.listeners, proxy.routeConfigs, proxy.scopedRoutes, proxy.clusters, proxy.endpoints, proxy.secrets, proxy.ecds].flat();
  return all.map((resource) => [
    resource.name,
    resource.state,
    resource.path,
    resource.version,
    resource.value,
    resource.issues,
    resource.span?.start,
    resource.span?.end,
  ]);
}

/** A walk through each listener, as it is printed. */
function traced(proxy: ProxyConfig): unknown {
  return proxy.listeners
    .filter((listener) => listener.name !== '')
    .map(({ name }) => JSON.stringify(traceRequest(proxy, { listenerName: name, scheme: 'http', method: 'GET', authority: 'catalog.shop', path: '/' })));
}

describe('a dump reads the same as a large one, section by section, without an index and by one', () => {
  const files = FOLDERS.flatMap(jsonFiles);
  test.skipIf(files.length === 0)(
    'every snapshot, and every dump of ../shared/data where it is there',
    async () => {
      for (const file of files) {
        const bytes = new Uint8Array(readFileSync(file));
        const small = await everything(bytesSource('x.json', bytes));
        const kept: Uint8Array[] = [];
        const store: SourceStore = { load: () => kept.at(-1)?.slice(), save: (index) => void kept.push(index) };
        for (const how of ['and its index is kept', 'by the index that was kept'])
          expect(await everything({ ...bytesSource('x.json', bytes), search: searchNatively, store }), `${file}, ${how}`).toEqual(small);
      }
    },
    300_000,
  );

  test('whatever its layout: indented by one blank, by four, by tabs, compact', async () => {
    const file = files.find((name) => name.endsWith('config_dump.json')) ?? '';
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const tables = async (indent: string | number): Promise<unknown> => {
      const bytes = new TextEncoder().encode(JSON.stringify(value, null, indent));
      const said = (await everything({ ...bytesSource('x.json', bytes), search: searchNatively })) as { readonly bySource: unknown };
      return said.bySource;
    };
    const expected = await tables(0);
    for (const indent of [1, 4, '\t']) expect(await tables(indent), `indented by ${JSON.stringify(indent)}`).toEqual(expected);
  });
});
