import { describe, expect, test } from 'vitest';
import { textSource } from '../../src/dump/byte-source.ts';
import { JsonNumber } from '../../src/dump/json-value.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { writeJson } from '../../src/dump/write-json.ts';
import { jsonOfYaml } from '../../src/dump/yaml-document.ts';

const yaml = async (text: string) => jsonOfYaml(textSource('x.yaml', text), 0);

describe('YAML as JSON', () => {
  test('maps, lists and scalars', async () => {
    expect(await yaml('a: [1, -2, 0.5, true, null, ~, "1", yes]\nb: {c: text}\n')).toEqual([
      { a: [1, -2, 0.5, true, null, null, '1', 'yes'], b: { c: 'text' } },
    ]);
  });

  test('numbers keep their digits', async () => {
    const [value] = await yaml('- 12345678901234567890\n- 1.10\n- 0x1F\n- .inf\n- 1e3\n');
    expect(value).toEqual([new JsonNumber('12345678901234567890'), new JsonNumber('1.10'), 31, '.inf', new JsonNumber('1e3')]);
    expect(writeJson(value ?? null)).toBe('[\n 12345678901234567890,\n 1.10,\n 31,\n ".inf",\n 1e3\n]');
  });

  test('times and versions stay text', async () => {
    expect(await yaml('a: 2024-01-01T00:00:00Z\nb: 1.2.3\nc: 10s\n')).toEqual([{ a: '2024-01-01T00:00:00Z', b: '1.2.3', c: '10s' }]);
  });

  test('anchors, aliases and merge keys are resolved', async () => {
    expect(await yaml('base: &b {x: 1, y: 2}\nuse: {<<: *b, y: 3}\nlist: [*b]\n')).toEqual([
      { base: { x: 1, y: 2 }, use: { y: 3, x: 1 }, list: [{ x: 1, y: 2 }] },
    ]);
  });

  test('keys are text, `__proto__` among them', async () => {
    const [value] = await yaml('1: a\ntrue: b\n__proto__: c\n');
    expect(Object.entries(value as object)).toEqual([
      ['1', 'a'],
      ['true', 'b'],
      ['__proto__', 'c'],
    ]);
  });

  test('several documents are several values', async () => {
    expect(await yaml('a: 1\n---\nb: 2\n---\n')).toEqual([{ a: 1 }, { b: 2 }]);
  });

  const bad: readonly (readonly [title: string, text: string, id: string, place: string | undefined])[] = [
    ['a repeated key', 'a: 1\nb: 2\na: 3\n', 'PC1005', 'x.yaml:3:1'],
    ['a bracket that does not close', 'a: [1, 2\nb: 3\n', 'PC1018', undefined],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'PC1018', undefined],
    ['an alias of nothing', 'a: *nowhere\n', 'PC1018', undefined],
    [
      'aliases of aliases',
      `a: &a [x]\n${[...'bcdefghijk'].map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghijk'[i]}`).join(', ')}]`).join('\n')}\n`,
      'PC1018',
      undefined,
    ],
    ['an alias of itself', 'a: &a\n  b: *a\n', 'PC1006', undefined],
    ['deep nesting', `a: ${'['.repeat(10_000)}`, 'PC1006', undefined],
  ];
  test.each(bad)('%s is refused', async (_, text, id, place) => {
    await expect(yaml(text)).rejects.toMatchObject({ id, ...(place === undefined ? {} : { place }), next: expect.any(String) });
  });
});

test('a bootstrap in YAML gives its static resources, with their places', async () => {
  const text = `
static_resources:
  listeners:
  - name: web
    address: {socket_address: {address: 0.0.0.0, port_value: 8080}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          route_config: {name: inline, virtual_hosts: []}
  clusters:
  - name: app
    load_assignment: {cluster_name: app, endpoints: []}
  secrets:
  - name: cert
`;
  const [document] = await readDocuments(textSource('envoy.yaml', text));
  expect(document).toMatchObject({ kind: 'bootstrap', format: 'yaml', label: 'envoy.yaml', notes: [] });
  expect(document?.seeds.map((seed) => [seed.kind, seed.state, seed.path.join('.')])).toEqual([
    ['bootstrap', 'static', ''],
    ['listener', 'static', 'static_resources.listeners.0'],
    ['route_config', 'static', 'static_resources.listeners.0.filter_chains.0.filters.0.typed_config.route_config'],
    ['cluster', 'static', 'static_resources.clusters.0'],
    ['endpoint', 'static', 'static_resources.clusters.0.load_assignment'],
    ['secret', 'static', 'static_resources.secrets.0'],
  ]);
  expect([...(document?.partial ?? [])]).toEqual([]);
});

test('a bootstrap that asks xDS for more says what it does not show', async () => {
  const text =
    'node: {id: n1}\ndynamic_resources: {cds_config: {ads: {}}}\nstatic_resources: {listeners: [{name: a, filter_chains: [{filters: [{typed_config: {rds: {}}}]}]}]}\n';
  const [document] = await readDocuments(textSource('envoy.yaml', text));
  expect(document?.proxy).toBe('n1');
  expect([...(document?.partial ?? [])].sort()).toEqual(['cluster', 'endpoint', 'route_config', 'secret']);
  expect(document?.notes).toMatchObject([{ id: 'PC1035' }]);
});
