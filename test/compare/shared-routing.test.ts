import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxies } from '../../src/cli/load-proxy.ts';
import { compareRouting } from '../../src/compare/compare-routing.ts';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { indexedFiles, SHARED_DATA } from '../support/shared-data.ts';

async function proxiesOf(path: string): Promise<readonly ProxyConfig[]> {
  try {
    return (await loadProxies({ files: [path] })).map(({ name, documents, notes }) => buildProxyConfig(name, documents, notes));
  } catch {
    return [];
  }
}

describe.skipIf(!existsSync(SHARED_DATA))('where requests go, over every dump (../shared/data; skipped where it is absent)', () => {
  test('no request goes elsewhere between a dump and itself, and nearly every one can be answered', async () => {
    const totals = { proxies: 0, requests: 0, notAsked: 0, undetermined: 0 };
    for (const { file } of indexedFiles()) {
      for (const proxy of await proxiesOf(join(SHARED_DATA, file))) {
        const { requests, changed, undetermined, notAsked } = compareRouting(proxy, proxy);
        expect(changed, file).toEqual([]);
        totals.proxies++;
        totals.requests += requests.length;
        totals.notAsked += notAsked.length / 2;
        if (undetermined.length > 0) totals.undetermined++;
      }
    }
    expect(totals.proxies).toBeGreaterThan(100);
    expect(totals.requests).toBeGreaterThan(3000);
    // The filters of Istio's mixer and of other gateways are not modelled.
    expect(totals.undetermined / totals.proxies).toBeLessThan(0.2);
    expect(totals.notAsked / totals.requests).toBeLessThan(0.05);
  }, 120_000);

  test('the recorded cases of routing rules: a case against its neighbour', async () => {
    const group = join(SHARED_DATA, 'traces', 'g2_match');
    const names = readdirSync(group).sort();
    let changes = 0;
    for (let i = 1; i < names.length; i++) {
      const [[a], [b]] = [await proxiesOf(join(group, names[i - 1] as string)), await proxiesOf(join(group, names[i] as string))];
      if (a === undefined || b === undefined) continue;
      changes += compareRouting(a, b).changed.length;
    }
    expect(changes).toBeGreaterThan(100);
  }, 120_000);
});
