import { expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { runtimeInteger } from '../../src/match/runtime-integer.ts';
import { featureEnabled, readRuntime } from '../../src/trace/runtime-layers.ts';

const BOOTSTRAP = {
  layered_runtime: {
    layers: [
      { name: 'base', static_layer: { a: { b: 1 }, fraction: { numerator: 5 }, envoy: { reloadable_features: { x: false } } } },
      { name: 'rtds', rtds_layer: {} },
      { name: 'admin', admin_layer: {} },
    ],
  },
  static_resources: {},
};
const RUNTIME = {
  layers: ['base', 'rtds', 'admin'],
  entries: {
    'a.b': { final_value: '2', layer_values: ['1', '2', ''] },
    fraction: { final_value: 'numerator: 5', layer_values: ['numerator: 5', '', ''] },
    'envoy.reloadable_features.x': { final_value: 'true', layer_values: ['false', '', 'true'] },
  },
};

async function runtimeOf(...documents: object[]) {
  const read = await Promise.all(documents.map((document) => readDocuments(textSource('x', JSON.stringify(document)))));
  return readRuntime(buildProxyConfig('x', read.flat()));
}

test('the static layers of the bootstrap, with what other layers may hide', async () => {
  const runtime = await runtimeOf(BOOTSTRAP);
  expect(runtime.get('a.b')).toBe(1);
  expect(runtime.hidden).toEqual(['the RTDS layer "rtds"']);
  expect(featureEnabled(runtime, 'x', true)).toBe(false);
});

test('/runtime says what holds over all layers, and hides nothing', async () => {
  const runtime = await runtimeOf(BOOTSTRAP, RUNTIME);
  expect(runtimeInteger(runtime.get, 'a.b')).toBe(2);
  expect(runtime.get('fraction')).toEqual({ numerator: 5 });
  expect(runtime.hidden).toEqual([]);
  expect(featureEnabled(runtime, 'x', false)).toBe(true);
});
