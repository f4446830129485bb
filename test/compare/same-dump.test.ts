import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxies } from '../../src/cli/load-proxy.ts';
import { changeWords } from '../../src/compare/change-words.ts';
import { compareProxies, type ProxyDifference } from '../../src/compare/compare-proxies.ts';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { parseJson } from '../../src/dump/json-text.ts';
import { isJsonObject, type JsonValue } from '../../src/dump/json-value.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { jsonText } from '../../src/render/json-text.ts';
import { projectRoot } from '../support/project-root.ts';
import { inCamelCase, reshuffled } from '../support/reshuffle.ts';
import { hasSharedData, indexedFiles, SHARED_DATA } from '../support/shared-data.ts';

const MEGABYTE = 1 << 20;
const ALL = { all: true, showSecrets: true };

const proxyOf = async (text: string): Promise<ProxyConfig> => buildProxyConfig('dump', await readDocuments(textSource('dump.json', text)));

/** The differences as lines, so that a failure shows them. */
function linesOf({ resources, health }: ProxyDifference): string[] {
  const texts = resources.flatMap((r) =>
    r.status === 'changed' ? r.changes.map((c) => `${r.kind} ${r.name}: ${changeWords(c).text}`) : [`${r.kind} ${r.name} ${r.status}`],
  );
  return [...texts, ...health.map((h) => `${h.address} ${h.before} ${h.after}`)].slice(0, 10);
}

/** The text of a dump as JSON; undefined for what is not one whole JSON document. */
function jsonOf(file: string): JsonValue | undefined {
  try {
    const value = parseJson(readFileSync(file, 'utf8'), () => file);
    return isJsonObject(value) && Array.isArray(value['configs']) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function expectSame(value: JsonValue, text: string): Promise<void> {
  const before = await proxyOf(text);
  for (const other of [reshuffled(value), inCamelCase(value)]) {
    const difference = compareProxies(before, await proxyOf(jsonText(other, { indent: 3 })), ALL);
    expect(linesOf(difference)).toEqual([]);
    expect(difference.notCompared).toEqual([]);
  }
}

const snapshots = readdirSync(join(projectRoot(), 'snapshots')).filter((name) => existsSync(join(projectRoot(), 'snapshots', name, 'config_dump.json')));
const dumps = indexedFiles()
  .map(({ file }) => file)
  .filter((file) => statSync(join(SHARED_DATA, file)).size < MEGABYTE && jsonOf(join(SHARED_DATA, file)) !== undefined);

describe('a dump does not differ from itself re-ordered, re-indented and in the other key case', () => {
  test.each(snapshots)('snapshot %s', async (name) => {
    const file = join(projectRoot(), 'snapshots', name, 'config_dump.json');
    await expectSame(jsonOf(file) as JsonValue, readFileSync(file, 'utf8'));
  });

  test.skipIf(!hasSharedData).each(dumps)('%s (../shared/data; skipped where it is absent)', async (name) => {
    const file = join(SHARED_DATA, name);
    await expectSame(jsonOf(file) as JsonValue, readFileSync(file, 'utf8'));
  });

  test.skipIf(!hasSharedData)(
    'every file of ../shared/data that holds a proxy does not differ from itself (skipped where it is absent)',
    async () => {
      let compared = 0;
      for (const { file } of indexedFiles()) {
        let inputs: Awaited<ReturnType<typeof loadProxies>>;
        try {
          inputs = await loadProxies({ files: [join(SHARED_DATA, file)] });
        } catch {
          continue;
        }
        for (const { name, documents, notes } of inputs) {
          const [a, b] = [buildProxyConfig(name, documents, notes), buildProxyConfig(name, documents, notes)];
          expect(linesOf(compareProxies(a, b, ALL)), file).toEqual([]);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(100);
    },
    60_000,
  );
});
