import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../support/project-root.ts';

/**
 * What the bundle loads only when an input needs it: a package that is bundled well when it is loaded at once may not be when it is
 * loaded late, and the sources alone do not tell.
 */
const root = projectRoot();
let folder: string;

beforeAll(() => {
  // Within the project, so that the bundle finds what it does not hold.
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  folder = mkdtempSync(join(root, 'node_modules/.cache/pc-bundle-'));
  execFileSync(process.execPath, ['build.mjs', join(folder, 'dist')], { cwd: root });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(input: string, bytes: string | Uint8Array, ...argv: string[]): string {
  writeFileSync(join(folder, input), bytes);
  return execFileSync(process.execPath, [join(folder, 'dist/cli/main.js'), ...argv, '-f', join(folder, input)], { encoding: 'utf8' });
}

const ZSTD =
  'KLUv/SR+NQMA4kUUGJA7B0zfzg8i2wh0SsSuHm0fbSFQ1z8oAfGIR4xn1qbuED0hiT19feDcmoJoRr1uFiIFJx1rieazjlNB25TNWNWydlceXfHzhkMDvRdT3KbDBgBhCAaTcOEG/LgKAYumoIgBraVIxA==';
const BOOTSTRAP = 'static_resources: {clusters: [{name: app, connect_timeout: 1s}]}\n';
/** A ConfigDump with a ClustersConfigDump with one static cluster of the name `app`. */
const PROTOBUF = configDump('app');

function configDump(name: string): Uint8Array {
  const field = (number: number, value: string | Uint8Array): Uint8Array => {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    return Uint8Array.from([(number << 3) | 2, bytes.length, ...bytes]);
  };
  const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
  const any = (type: string, value: Uint8Array): Uint8Array => join(field(1, `t/${type}`), field(2, value));
  const cluster = any('envoy.config.cluster.v3.Cluster', field(1, name));
  return field(1, any('envoy.admin.v3.ClustersConfigDump', field(2, field(1, cluster))));
}

test('YAML', () => {
  expect(run('envoy.yaml', BOOTSTRAP, 'clusters', '-o', 'name')).toContain('app');
});

test('binary protobuf', () => {
  expect(run('dump.pb', PROTOBUF, 'clusters', '-o', 'name')).toContain('app');
});

test('answers in YAML', () => {
  expect(run('envoy.yaml', BOOTSTRAP, 'clusters', '-o', 'yaml')).toContain('name: app');
});

test('Zstandard', () => {
  expect(run('dump.zst', Buffer.from(ZSTD, 'base64'), 'clusters', '-o', 'name')).toContain('app');
});

test('Kubernetes objects', () => {
  const rule = join(folder, 'rule.yaml');
  writeFileSync(rule, 'kind: DestinationRule\nmetadata: {name: catalog, namespace: istioinaction}\nspec: {host: catalog, subsets: [{name: version-v1}]}\n');
  const argv = ['trace', 'http://catalog.istioinaction.io/items', '-f', join(root, 'snapshots/founding-story-missing-subset'), '--objects', rule];
  const { stdout } = spawnSync(process.execPath, [join(folder, 'dist/cli/main.js'), ...argv], { encoding: 'utf8' });
  expect(stdout).toContain('objects[PC4001] the objects would mend');
});

test('of the Kubernetes client, the kubeconfig alone: neither the generated API nor what newer Nodes warn of', () => {
  const chunks = readdirSync(join(folder, 'dist'), { recursive: true }).filter((name) => String(name).endsWith('.js'));
  const text = chunks.map((name) => readFileSync(join(folder, 'dist', String(name)), 'utf8')).join('\n');
  expect(text).toContain('loadFromClusterAndUser');
  expect(text).not.toMatch(/require\(.punycode.\)|ObjectSerializer|CoreV1Api/);
});
