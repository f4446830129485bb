import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxy } from '../../src/cli/load-proxy.ts';
import { changeWords } from '../../src/compare/change-words.ts';
import { compareMessages } from '../../src/compare/compare-messages.ts';
import { compareProxies } from '../../src/compare/compare-proxies.ts';
import { resourceJson } from '../../src/compare/compare-resources.ts';
import { decodeMessage } from '../../src/decode/decode-message.ts';
import { encodeMessage } from '../../src/decode/encode-message.ts';
import { isJsonObject, type JsonValue } from '../../src/dump/json-value.ts';
import type { Message } from '../../src/model/message.ts';
import { applyJsonPatch } from '../support/apply-json-patch.ts';
import { projectRoot } from '../support/project-root.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

const SNAPSHOTS = join(projectRoot(), 'snapshots');
const OPTIONS = { all: true, showSecrets: true };

/** A small generator of numbers, so that a failure comes again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The value with a few parts taken out, doubled, moved or altered. */
function altered(value: JsonValue, random: (below: number) => number, rate: number): JsonValue {
  const again = (element: JsonValue): JsonValue => altered(element, random, rate);
  if (Array.isArray(value)) {
    const list = (value as readonly JsonValue[]).map(again);
    if (list.length > 0 && random(rate) === 0) list.splice(random(list.length), 1);
    if (list.length > 1 && random(rate) === 0) list.push(...list.splice(random(list.length), 1));
    if (list.length > 0 && random(rate) === 0) list.splice(random(list.length), 0, again(list[random(list.length)] as JsonValue));
    return list;
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).filter(([key]) => key === '@type' || random(rate * 4) !== 0);
    return Object.fromEntries(members.map(([key, member]) => [key, key === '@type' ? member : again(member)]));
  }
  if (random(rate) !== 0) return value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return typeof value === 'string' && !/^\d/.test(value) && !/^[A-Z0-9_]+$/.test(value) ? `${value}x` : value;
}

async function expectPatchesApply(files: readonly string[], seeds: number): Promise<number> {
  const proxy = await loadProxy({ files });
  const resources = [...proxy.listeners, ...proxy.routeConfigs, ...proxy.clusters, ...proxy.endpoints];
  let patched = 0;
  for (const resource of resources) {
    const json = encodeMessage(resource.type, resource.value);
    for (let seed = 1; seed <= seeds; seed++) {
      const other = decodeMessage(resource.type, altered(json, randomOf(seed), 12), [], []);
      for (const [from, to] of [
        [resource.value, other],
        [other, resource.value],
      ] as const) {
        const { patch, changes } = compareMessages(resource.type, from, to);
        expect(patch.length === 0).toBe(changes.length === 0);
        const result = decodeMessage(resource.type, applyJsonPatch(encodeMessage(resource.type, from), patch), [], []) as Message;
        const left = compareMessages(resource.type, result, to).changes.map((change) => changeWords(change).text);
        expect(left, `${resource.kind} ${resource.name}, seed ${seed}`).toEqual([]);
        if (patch.length > 0) patched++;
      }
    }
  }
  return patched;
}

describe('the JSON Patch of a difference applies, and leaves no difference', () => {
  test.each(['founding-story-fixed', 'webapp-sidecar-outbound', 'waypoint', 'jwt-required'])('snapshot %s, altered at random', async (name) => {
    expect(await expectPatchesApply([join(SNAPSHOTS, name)], 3)).toBeGreaterThan(50);
  });

  test.skipIf(!hasSharedData)('an API v2 dump, altered at random (../shared/data; skipped where it is absent)', async () => {
    const file = join(SHARED_DATA, 'dumps/istio__istio/istioctl_pkg_writer_envoy_configdump_testdata_configdump@2020-01-27-a6fef1f.json');
    expect(await expectPatchesApply([file], 12)).toBeGreaterThan(50);
  });

  test('between any two snapshots of neighbours in name', async () => {
    const names = readdirSync(SNAPSHOTS).filter((name) => existsSync(join(SNAPSHOTS, name, 'config_dump.json')));
    let applied = 0;
    for (let i = 1; i < names.length; i++) {
      const [a, b] = await Promise.all([names[i - 1], names[i]].map((name) => loadProxy({ files: [join(SNAPSHOTS, name as string)] })));
      if (a === undefined || b === undefined) continue;
      for (const { status, before, after, patch } of compareProxies(a, b, OPTIONS).resources) {
        if (status !== 'changed' || before === undefined || after === undefined) continue;
        const result = decodeMessage(after.type, applyJsonPatch(resourceJson(before, OPTIONS), patch), [], []) as Message;
        expect(compareMessages(after.type, result, after.value).changes).toEqual([]);
        applied++;
      }
    }
    expect(applied).toBeGreaterThan(30);
  });
});
