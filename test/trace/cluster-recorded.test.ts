import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/dump/json-value.ts';
import { binomialTail } from '../oracle/binomial.ts';
import { askCluster, type ClusterWorld, worldIndex } from '../support/cluster-builders.ts';

/** A cluster with its dump, and how often Envoy sent to which host (or gave up with which flag). */
interface Recorded extends ClusterWorld {
  readonly name: string;
  readonly questions: readonly { readonly metadata: JsonObject | null; readonly seen: Readonly<Record<string, number>> }[];
}

const [header, ...recorded] = readFileSync(join(import.meta.dirname, 'recorded-balancing.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

/** The odds below which a count is no chance. */
const IMPOSSIBLE = 1e-7;

test.each(recorded.map((row) => [row.name, row] as const))('random cluster %s balances as a real Envoy did', async (name, row) => {
  const both = {
    ...row,
    bootstrap: header?.bootstrap ?? {},
    clusters: [...(row.clusters ?? []), ...(header?.clusters ?? [])],
    endpoints: [...(row.endpoints ?? []), ...(header?.endpoints ?? [])],
  };
  const index = await worldIndex(both);
  for (const { metadata, seen } of row.questions) {
    const { outcomes, gap } = askCluster(index, name, { metadataMatch: metadata ?? undefined });
    expect(gap).toBeNull();
    const expected = new Map<string, number>();
    for (const outcome of outcomes) {
      const probability = outcome.probability ?? Number.NaN;
      if (outcome.verdict === 'broken') expected.set(outcome.flags ?? '', probability);
      else for (const { address, share } of outcome.endpoints ?? []) expected.set(address, (expected.get(address) ?? 0) + probability * share);
    }
    const total = Object.values(seen).reduce((sum, count) => sum + count, 0);
    for (const target of new Set([...expected.keys(), ...Object.keys(seen)])) {
      const [count, probability] = [seen[target] ?? 0, expected.get(target) ?? 0];
      const odds = binomialTail(count, total, Math.abs(probability - 1) < 1e-9 ? 1 : probability);
      expect(odds, `${target}: ${count} of ${total}, expected ${probability} (${JSON.stringify(metadata)})`).toBeGreaterThan(IMPOSSIBLE);
    }
  }
});
