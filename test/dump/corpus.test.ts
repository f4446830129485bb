import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { encodeMessage } from '../../src/decode/encode-message.ts';
import type { DocumentKind, DumpDocument } from '../../src/dump/dump-document.ts';
import { Failure } from '../../src/dump/failure.ts';
import type { JsonValue } from '../../src/dump/json-value.ts';
import { parseAt } from '../../src/dump/outline-members.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fileSource } from '../../src/source/file-source.ts';
import { leavesOf } from '../support/leaves.ts';
import { COUNTED, hasSharedData, type IndexedFile, indexedFiles, SHARED_DATA } from '../support/shared-data.ts';

/** What the index calls each file, and what pc may recognise it as. */
const KINDS: readonly (readonly [indexed: RegExp, kinds: readonly DocumentKind[]])[] = [
  [/^(full|partial) config_dump$|^config_dump wrapped/, ['config_dump']],
  [/^static bootstrap$/, ['bootstrap']],
  [/^clusters/, ['clusters']],
  [/^listeners/, ['listeners']],
  [/^certs$/, ['certs', 'ztunnel']],
  [/^server_info$/, ['server_info']],
  [/^runtime$/, ['runtime']],
  [/^memory$/, ['memory']],
  [/^stats/, ['stats']],
  [/^CSDS request/, ['csds', 'csds_request']],
  [/^CSDS/, ['csds']],
  [/DiscoveryResponse/, ['discovery_response']],
  [/^golden xds|kgateway IR/, ['xds_resources']],
  [/^route config/, ['xds_resources', 'bootstrap']],
  [/^router-check/, ['router_check']],
  [/^egctl/, ['tool_output']],
  [/^istioctl -o json/, ['tool_output', 'xds_resources', 'config_dump']],
  [/^istioctl expected|versions$/, ['tool_output', 'istiod_debug']],
  [/^istiod debug/, ['istiod_debug']],
  [/^ztunnel/, ['ztunnel']],
  [/^doc fragment|^other text/, ['other', 'xds_resources']],
];

/** Files that are no JSON and no YAML, and what pc says of them. */
const BROKEN: Readonly<Record<string, string>> = {
  'bochuxt__marathon-envoy-poc/config-dump@2020-07-18-31174c9.json': 'PC1004',
  'openservicemesh__osm/docs_identity.md-block4.json': 'PC1003',
  'pomerium__pomerium/config_envoyconfig_testdata_metrics_http_connection_manager.json': 'PC1004',
};

const files = indexedFiles();
const idOfBroken = (file: IndexedFile): string | undefined => Object.entries(BROKEN).find(([name]) => file.file.endsWith(name))?.[1];
const read = (file: IndexedFile): Promise<readonly DumpDocument[]> => readDocuments(fileSource(join(SHARED_DATA, file.file)));
const titled = (list: readonly IndexedFile[]): [string, IndexedFile][] => list.map((file) => [file.file, file]);

function resourcesOf(proxy: ProxyConfig): readonly Resource[] {
  const { listeners, routeConfigs, scopedRoutes, clusters, endpoints, secrets, ecds, bootstrap } = proxy;
  return [...listeners, ...routeConfigs, ...scopedRoutes, ...clusters, ...endpoints, ...secrets, ...ecds, ...(bootstrap ? [bootstrap] : [])];
}

/** Counts as the index counts: entries of the dump, whatever their states. */
function countsOf(proxy: ProxyConfig): number[] {
  const entries = (list: readonly Resource[]): number => new Set(list.map((resource) => resource.entryPath.join('/'))).size;
  const hosts = proxy.routeConfigs.flatMap((config) => config.value.virtual_hosts ?? []);
  const statuses = proxy.clusterStatuses?.value.cluster_statuses ?? [];
  const assigned = proxy.endpoints.flatMap((assignment) => assignment.value.endpoints ?? []).flatMap((locality) => locality.lb_endpoints ?? []);
  return [
    entries(proxy.listeners),
    entries(proxy.routeConfigs),
    hosts.length,
    hosts.flatMap((host) => host.routes ?? []).length,
    proxy.clusters.length + statuses.length,
    proxy.endpoints.length,
    assigned.length + statuses.flatMap((status) => status.host_statuses ?? []).length,
    proxy.secrets.length,
  ];
}

describe.skipIf(!hasSharedData)('every file of the collection (../shared/data, skipped where it is absent)', () => {
  test('the index is there, and long', () => {
    expect(files.length).toBeGreaterThan(400);
  });

  test.each(titled(files.filter((file) => idOfBroken(file) === undefined)))('%s is recognised and named', async (_, file) => {
    const expected = KINDS.find(([indexed]) => indexed.test(file.kind))?.[1];
    const documents = await read(file);
    expect(documents.length).toBeGreaterThan(0);
    for (const document of documents) {
      expect(expected).toContain(document.kind);
      expect(document.about).not.toBe('');
    }
  });

  test.each(titled(files.filter((file) => idOfBroken(file) !== undefined)))('%s gets its error, with place and next step', async (_, file) => {
    const failure = await read(file).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ id: idOfBroken(file), place: expect.stringMatching(/:\d+:\d+$/), next: expect.any(String) });
  });

  // The index counts the one inline route config of this bootstrap, and not its listener.
  const counted = files.filter((file) => file.counts !== undefined && !file.file.endsWith('ClusterHeaderBootstrap.yaml'));

  test.each(titled(counted))('%s has as many resources as the index counts', async (_, file) => {
    const counts = countsOf(buildProxyConfig('x', await read(file)));
    expect(Object.fromEntries(COUNTED.map((name, i) => [name, counts[i]]))).toEqual(Object.fromEntries(COUNTED.map((name, i) => [name, file.counts?.[i]])));
  });

  // Hand-written: a timeout as `{nanos: 0}`, which comes out as `0s`.
  const dumps = counted.filter((file) => !/router_check_(?:DefaultRuntime|ClusterHeader)\.yaml$/.test(file.file));

  test.each(titled(dumps))('%s loses nothing: each resource has the leaves of its place in the dump, raw and encoded', async (_, file) => {
    for (const document of await read(file)) {
      if (document.root === undefined) continue;
      const whole = parseAt(document.source, { start: 0, end: document.source.size });
      for (const resource of resourcesOf(buildProxyConfig('x', [document]))) {
        if (resource.span === undefined) continue;
        const inDump = leavesOf(at(whole, resource.path));
        expect(leavesOf(JSON.parse(new TextDecoder().decode(resource.raw())) as JsonValue).join('\n')).toBe(inDump.join('\n'));
        const encoded = leavesOf(encodeMessage(resource.type, resource.value));
        expect(withoutType(encoded).join('\n')).toBe(withoutType(inDump).join('\n'));
      }
    }
  });

  const admin = files.filter((file) => /^(clusters|listeners|certs|server_info|runtime)/.test(file.kind));

  test.each(titled(admin))('%s is one message, of which nothing is lost', async (_, file) => {
    const [document] = await read(file);
    if (document?.root === undefined) throw new Error('no JSON');
    const proxy = buildProxyConfig('x', [document]);
    const json = parseAt(document.source, document.root);
    const messages = [
      ['envoy.admin.v3.Clusters', proxy.clusterStatuses],
      ['envoy.admin.v3.Listeners', proxy.listenerStatuses],
      ['envoy.admin.v3.Certificates', proxy.certificates],
      ['envoy.admin.v3.ServerInfo', proxy.serverInfo],
    ] as const;
    const found = messages.find(([, message]) => message !== undefined);
    if (document.kind === 'runtime') expect(proxy.runtime?.value).toEqual(json);
    else if (document.kind !== 'ztunnel') expect(leavesOf(encodeMessage(found?.[0] ?? '', found?.[1]?.value ?? {}))).toEqual(leavesOf(json));
    expect(proxy.notes).toEqual([]);
  });

  // Printed by Go's own encoder: durations are nanoseconds there.
  const printedByGo = /pilot_pkg_proxy_envoy_v2_testdata_none_cds/;

  test('no resource of the whole collection has an issue', async () => {
    const issues: string[] = [];
    for (const file of files) {
      if (idOfBroken(file) !== undefined || printedByGo.test(file.file)) continue;
      for (const resource of resourcesOf(buildProxyConfig('x', await read(file)))) {
        for (const issue of resource.issues) issues.push(`${file.file} ${issue.path.join('.')}: ${issue.what}`);
      }
    }
    expect(issues).toEqual([]);
  });
});

function at(whole: JsonValue, path: readonly (string | number)[]): JsonValue {
  return path.reduce((value: JsonValue, step) => (value as Record<string | number, JsonValue>)[step] as JsonValue, whole);
}

/** The type of a resource stands beside it, not in it: it is no leaf of the message. */
function withoutType(leaves: readonly string[]): readonly string[] {
  return leaves.filter((leaf) => !leaf.startsWith('.@type = '));
}
