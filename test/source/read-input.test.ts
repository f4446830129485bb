import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { proxyOfName } from '../../src/cli/load-proxy.ts';
import type { ProxyInput } from '../../src/source/read-input.ts';
import { readInput } from '../../src/source/read-input.ts';
import {
  CERTS,
  CLUSTERS_TEXT,
  clusters,
  configDump,
  LISTENERS_TEXT,
  listenersDump,
  MEMORY,
  RUNTIME,
  SERVER_INFO,
  STATS,
  SYNCZ,
  ZTUNNEL,
} from '../support/small-dumps.ts';
import { tarOf } from '../support/tar.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folders: { remove(): void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = tempFolder(files);
  folders.push(folder);
  return folder.path;
}

const kindsOf = (proxies: readonly ProxyInput[]): Record<string, string[]> =>
  Object.fromEntries(proxies.map((proxy) => [proxy.name, proxy.documents.map((d) => d.kind).sort()]));
const clustersOf = (proxy: ProxyInput | undefined): number => proxy?.documents.flatMap((d) => d.seeds).filter((seed) => seed.kind === 'cluster').length ?? 0;

/** What `istioctl bug-report` packs for two sidecars, a ztunnel and istiod. */
const BUG_REPORT = {
  'bug-report/versions': 'CLI version:\nx\n',
  'bug-report/proxies/default/sleep-1/config_dump?include_eds': `${configDump()}\n`,
  'bug-report/proxies/default/sleep-1/clusters': CLUSTERS_TEXT,
  'bug-report/proxies/default/sleep-1/listeners': LISTENERS_TEXT,
  'bug-report/proxies/default/sleep-1/certs': CERTS,
  'bug-report/proxies/default/sleep-1/server_info': SERVER_INFO,
  'bug-report/proxies/default/sleep-1/memory': MEMORY,
  'bug-report/proxies/default/sleep-1/runtime': RUNTIME,
  'bug-report/proxies/default/sleep-1/stats/prometheus': STATS,
  'bug-report/proxies/default/sleep-1/proxy.log': '2024-01-01T00:00:00Z info {"a": 1}\n',
  'bug-report/proxies/istio-system/gateway-7/config_dump?include_eds': configDump('gw'),
  'bug-report/proxies/istio-system/ztunnel-x/config_dump': ZTUNNEL,
  'bug-report/istio/istio-system/istiod-1/debug/syncz': SYNCZ,
  'bug-report/istio/istio-system/istiod-1/debug/config_dump': configDump('from-istiod'),
  'bug-report/cluster/k8s-resources': 'apiVersion: v1\nkind: Pod\n',
};
const BUG_REPORT_PROXIES = {
  'default/sleep-1': ['certs', 'clusters', 'config_dump', 'listeners', 'memory', 'runtime', 'server_info', 'stats'],
  'istio-system/gateway-7': ['config_dump'],
};

describe('files that the user names', () => {
  test('one file is one proxy, named as the user named it', async () => {
    const file = `${folderOf({ 'web.json': configDump() })}/web.json`;
    expect(kindsOf(await readInput({ files: [file] }))).toEqual({ [file]: ['config_dump'] });
  });

  test('the name of a file says nothing: content does', async () => {
    const folder = folderOf({ 'clusters.html': configDump(), 'config_dump.json': clusters() });
    expect(kindsOf(await readInput({ files: [`${folder}/clusters.html`, `${folder}/config_dump.json`] }))).toEqual({
      [`${folder}/clusters.html`]: ['clusters', 'config_dump'],
    });
  });

  test('several files that do not contradict each other are one proxy', async () => {
    const folder = folderOf({ a: configDump(), b: listenersDump(), c: CLUSTERS_TEXT, d: CERTS });
    const proxies = await readInput({ files: ['a', 'b', 'c', 'd'].map((name) => `${folder}/${name}`) });
    expect(Object.values(kindsOf(proxies))).toEqual([['certs', 'clusters', 'config_dump', 'config_dump']]);
  });

  test('two dumps of clusters are two proxies, each with the file that is named like it', async () => {
    const folder = folderOf({ 'web_config_dump.json': configDump(), 'db_config_dump.json': configDump(), 'web_clusters.txt': CLUSTERS_TEXT });
    const files = ['web_config_dump.json', 'db_config_dump.json', 'web_clusters.txt'].map((name) => `${folder}/${name}`);
    const kinds = Object.entries(kindsOf(await readInput({ files }))).map(([name, held]) => [name.split('/').pop(), held]);
    expect(Object.fromEntries(kinds)).toEqual({ web: ['clusters', 'config_dump'], db: ['config_dump'] });
  });

  test('dumps of one name in two folders are two proxies, named by the folders', async () => {
    const folder = folderOf({ 'a/config_dump.json': configDump(), 'a/clusters': CLUSTERS_TEXT, 'b/config_dump.json': configDump() });
    const proxies = await readInput({ files: ['a/config_dump.json', 'b/config_dump.json', 'a/clusters'].map((name) => `${folder}/${name}`) });
    expect(proxies.map((proxy) => [proxy.name.split('/').pop(), proxy.documents.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  test('standard input', async () => {
    const [proxy] = await readInput({
      files: ['-'],
      stdin: () => Readable.from([Buffer.from(configDump().slice(0, 20)), Buffer.from(configDump().slice(20))]),
    });
    expect(proxy?.name).toBe('stdin');
    expect(clustersOf(proxy)).toBe(1);
  });

  test('gzip, in several members', async () => {
    const text = Buffer.from(configDump());
    const folder = folderOf({ 'x.json': Buffer.concat([gzipSync(text.subarray(0, 30)), gzipSync(text.subarray(30))]) });
    expect(clustersOf((await readInput({ files: [`${folder}/x.json`] }))[0])).toBe(1);
  });

  // zstd of a dump, by the reference program: with the content's size, and from a pipe, without it.
  test.each([
    [
      'with its size',
      'KLUv/SSTjQMAggYWF4CrA2zzG0O2iykpI4ZlISxOTguBRbGwM5nJnHoURmPFSyXSVhz+a1b6Fa+4KKBNPQXhHH/uaYgV4K5XC29kcHmgWK/7xt4kxtIqUm/xDSoRpC49s1irDAgAdkhw1XAarMEkfLiBR12DEKRQUMTQuXGZ',
    ],
    [
      'as a stream',
      'KLUv/QRojQMAggYWF4CrA2zzG0O2iykpI4ZlISxOTguBRbGwM5nJnHoURmPFSyXSVhz+a1b6Fa+4KKBNPQXhHH/uaYgV4K5XC29kcHmgWK/7xt4kxtIqUm/xDSoRpC49s1irDAgAdkhw1XAarMEkfLiBR12DEKRQUMTQuXGZ',
    ],
  ])('zstd %s', async (_, packed) => {
    const folder = folderOf({ 'x.json.zst': Buffer.from(packed, 'base64') });
    expect(clustersOf((await readInput({ files: [`${folder}/x.json.zst`] }))[0])).toBe(1);
  });
});

describe('folders', () => {
  test('a folder of the outputs of one proxy is that proxy, whatever else lies there', async () => {
    const folder = folderOf({
      'config_dump.json': configDump(),
      'clusters.json': clusters(),
      'requests.jsonl': '{"id": 1}\n{"id": 2}\n',
      'README.md': '# Notes\n',
      'x.png': '\u0089PNG\r\n',
    });
    const proxies = await readInput({ files: [folder] });
    expect(kindsOf(proxies)).toEqual({ [folder.split('/').pop() ?? '']: ['clusters', 'config_dump'] });
    expect(proxies[0]?.notes).toEqual([]);
  });

  test('the dump beside a bootstrap says what the proxy has', async () => {
    const folder = folderOf({ 'config_dump.json': configDump(), 'envoy.yaml': 'static_resources: {clusters: [{name: other}]}\n' });
    const [proxy, ...others] = await readInput({ files: [folder] });
    expect(others).toEqual([]);
    expect(clustersOf(proxy)).toBe(1);
    expect(proxy?.notes).toMatchObject([{ id: 'PC1033', document: expect.stringContaining('envoy.yaml') }]);
  });

  test('a must-gather: NAMESPACE/POD, and what istiod would send is left out', async () => {
    const pod = 'must-gather/namespaces/shop/pods/web-1';
    const folder = folderOf({
      [`${pod}/config_dump_proxy.json`]: `Defaulted container "istio-proxy" out of: istio-proxy\n${configDump()}`,
      [`${pod}/config_dump_istiod.json`]: configDump(),
      [`${pod}/proxy_stats`]: 'cluster.x.y: 1\nserver.live: 1\n',
      'must-gather/namespaces/shop/pods/db-1/config_dump_proxy.json': configDump(),
      'must-gather/namespaces/shop/core/pods.yaml': 'apiVersion: v1\nkind: PodList\n',
      'must-gather/namespaces/istio-system/istiod/debug-syncz.json': SYNCZ,
    });
    const proxies = await readInput({ files: [folder] });
    expect(kindsOf(proxies)).toEqual({ 'shop/db-1': ['config_dump'], 'shop/web-1': ['config_dump', 'stats'] });
    expect(proxies.find((proxy) => proxy.name === 'shop/web-1')?.notes).toMatchObject([
      { id: 'PC1033', document: expect.stringContaining('config_dump_istiod') },
    ]);
  });

  test('a file that is cut short is left out, and said of the proxy beside it', async () => {
    const folder = folderOf({ 'a/config_dump.json': configDump(), 'a/clusters.json': '{"cluster_statuses": [', 'b/config_dump.json': configDump() });
    const [a, b] = await readInput({ files: [folder] });
    expect(a?.notes).toMatchObject([{ id: 'PC1032', what: expect.stringContaining('ends too early') }]);
    expect(b?.notes).toEqual([]);
  });

  test('outputs for xDS of one stem are one proxy', async () => {
    const folder = folderOf({
      'one.listeners.yaml': '- name: web\n  filterChains: []\n',
      'one.clusters.yaml': '- name: app\n  connectTimeout: 1s\n',
      'two.clusters.yaml': '- name: app\n  connectTimeout: 1s\n',
    });
    expect(kindsOf(await readInput({ files: [folder] }))).toEqual({ one: ['xds_resources', 'xds_resources'], two: ['xds_resources'] });
  });
});

describe('archives', () => {
  test('an istioctl bug-report', async () => {
    const archive = gzipSync(await tarOf(BUG_REPORT));
    const folder = folderOf({ 'bug-report.tar.gz': archive });
    const proxies = await readInput({ files: [`${folder}/bug-report.tar.gz`] });
    expect(kindsOf(proxies)).toEqual(BUG_REPORT_PROXIES);
    expect(proxies[0]?.documents[0]?.label).toMatch(/bug-report\.tar\.gz!bug-report\/proxies\/default\/sleep-1\//);
  });

  test('the same, unpacked', async () => {
    expect(kindsOf(await readInput({ files: [folderOf(BUG_REPORT)] }))).toEqual(BUG_REPORT_PROXIES);
  });

  test('the same, in an archive within a folder, and from standard input', async () => {
    const archive = gzipSync(await tarOf(BUG_REPORT));
    expect(kindsOf(await readInput({ files: [folderOf({ 'saved.tgz': archive })] }))).toEqual(BUG_REPORT_PROXIES);
    expect(kindsOf(await readInput({ files: ['-'], stdin: () => Readable.from([archive]) }))).toEqual(BUG_REPORT_PROXIES);
  });

  test('an egctl collect archive: NAMESPACE/POD', async () => {
    const archive = gzipSync(
      await tarOf({
        'bundle/config-dumps/envoy-gateway-system/envoy-default-eg-1.json': configDump(),
        'bundle/config-dumps/envoy-gateway-system/envoy-default-eg-2.json': configDump(),
        'bundle/prometheus-metrics/envoy-gateway-system/envoy-default-eg-1.prom': STATS,
        'bundle/cluster-resources/pods.json': '{"kind": "PodList", "apiVersion": "v1", "items": []}',
        'bundle/version.yaml': 'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\n',
      }),
    );
    const proxies = await readInput({ files: [`${folderOf({ 'egctl.tar.gz': archive })}/egctl.tar.gz`] });
    expect(Object.keys(kindsOf(proxies)).sort()).toEqual(['envoy-gateway-system/envoy-default-eg-1', 'envoy-gateway-system/envoy-default-eg-2']);
  });

  test('names with ../ lead nowhere', async () => {
    const archive = await tarOf({ '../../outside/config_dump': configDump(), '/etc/clusters': CLUSTERS_TEXT });
    const folder = folderOf({ 'evil.tar': archive });
    const proxies = await readInput({ files: [`${folder}/evil.tar`] });
    expect(proxies.map((proxy) => proxy.name)).toEqual(['outside', 'etc']);
    expect(proxies.flatMap((proxy) => proxy.documents.map((d) => d.label)).join(' ')).not.toContain('..');
  });

  test('long names are read whole', async () => {
    const pod = `pod-${'x'.repeat(200)}`;
    const archive = await tarOf({ [`bug-report/proxies/default/${pod}/config_dump`]: configDump() });
    expect((await readInput({ files: ['-'], stdin: () => Readable.from([archive]) })).map((proxy) => proxy.name)).toEqual([`default/${pod}`]);
  });

  test('an archive that is cut short is refused', async () => {
    const archive = await tarOf({ 'a/config_dump': configDump() });
    await expect(readInput({ files: ['-'], stdin: () => Readable.from([archive.subarray(0, 600)]) })).rejects.toMatchObject({ id: 'PC1016' });
    await expect(readInput({ files: ['-'], stdin: () => Readable.from([gzipSync(archive).subarray(0, 90)]) })).rejects.toMatchObject({ id: 'PC1003' });
  });
});

describe('documents that hold several proxies', () => {
  test("egctl's map of namespaces and gateways", async () => {
    const section = { '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', static_clusters: [{ cluster: { name: 'a' } }] };
    const file = `${folderOf({ 'out.json': JSON.stringify({ default: { eg: section, eg2: { configs: [section] } } }) })}/out.json`;
    expect((await readInput({ files: [file] })).map((proxy) => proxy.name.split('/').slice(-2).join('/'))).toEqual(['default/eg', 'default/eg2']);
  });

  test('clients of a CSDS answer, by their nodes', async () => {
    const client = (id: string): object => ({
      node: { id },
      generic_xds_configs: [{ type_url: 'type.googleapis.com/envoy.config.cluster.v3.Cluster', name: 'c', xds_config: { name: 'c' } }],
    });
    const proxies = await readInput({ files: ['-'], stdin: () => Readable.from([Buffer.from(JSON.stringify({ config: [client('one'), client('two')] }))]) });
    expect(proxies.map((proxy) => proxy.name)).toEqual(['one', 'two']);
    expect(proxies.map(clustersOf)).toEqual([1, 1]);
  });
});

describe('picking a proxy', () => {
  const named = (...names: string[]): ProxyInput[] => names.map((name) => ({ name, documents: [], notes: [] }));
  const proxies = named('default/sleep-5d-abc', 'shop/web-1', 'shop/web-12', 'shop/api-7-x', 'other/web-1');

  test.each([
    ['shop/web-1', 'shop/web-1'],
    ['web-12', 'shop/web-12'],
    ['web-1.other', 'other/web-1'],
    ['sleep', 'default/sleep-5d-abc'],
    ['api', 'shop/api-7-x'],
  ])('%s is %s', (name, picked) => {
    expect(proxyOfName(proxies, name).name).toBe(picked);
  });

  test.each([
    [undefined, /5 proxies, and none is picked/],
    ['nothing', /no proxy of the name "nothing"/],
    ['web-1', /may be any of 2/],
  ])('%s lists what there is to choose from', (name, what) => {
    expect(() => proxyOfName(proxies, name)).toThrow(
      expect.objectContaining({ id: 'PC1010', message: expect.stringMatching(what), next: expect.stringContaining('shop/web-1') }),
    );
  });

  test('the only one needs no name', () => {
    expect(proxyOfName(named('x'), undefined).name).toBe('x');
  });
});
