import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { mistyped } from '../../src/diagnostics/closest-names.ts';
import { destinationRule } from '../../src/diagnostics/manifests.ts';
import { explainDetails, RESPONSE_CODE_DETAILS } from '../../src/diagnostics/response-code-details.ts';
import { RESPONSE_FLAGS } from '../../src/diagnostics/response-flags.ts';
import { jqPath } from '../../src/dump/dump-path.ts';
import { parseJqPath } from '../../src/dump/parse-jq-path.ts';
import { explainAnswer } from '../../src/trace/explain-answer.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { fakeIo } from '../support/fake-io.ts';
import { cluster, connectionManager, host, httpListener, type Json, proxyOf } from '../support/http-builders.ts';
import { projectRoot } from '../support/project-root.ts';

const HOST = 'catalog.shop.svc.cluster.local';

/** What is said of a request to `a.com` whose one route goes to this cluster, at a proxy that has these. */
async function hintsFor(target: string, clusters: readonly Json[]): Promise<readonly string[]> {
  const proxy = await proxyOf({
    clusters,
    listeners: [httpListener(connectionManager({ name: 'r', virtual_hosts: [host('all', '*', [{ match: { prefix: '/' }, route: { cluster: target } }])] }))],
  });
  const request = { listener: { address: '127.0.0.1', port: 8080 }, authority: 'a.com', path: '/' };
  return explainAnswer(traceRequest(proxy, request), request, proxy).flatMap((d) => d.hints);
}

describe('the object to edit is named as its maker names it', () => {
  test.each([
    ['httproute/shop/web/rule/0', 'HTTPRoute shop/web'],
    ['default/kuard/80/da39a3ee5e', 'Service default/kuard'],
    ['v2.catalog.default.dc1.internal.bc3815c2-1a0f.consul', 'service-resolver catalog'],
    ['kri_msvc_mesh_zone-1_shop_catalog_80', 'MeshService shop/catalog'],
    ['shop-catalog-8080_gloo-system', 'Upstream gloo-system/shop-catalog-8080'],
  ])('%s: %s', async (name, object) => {
    expect((await hintsFor(name, [cluster(name.replace('catalog', 'other').replace('web', 'other').replace('kuard', 'other'))])).join(' ')).toContain(
      `define ${object}`,
    );
  });
  test('a plain Envoy has clusters and routes', async () => {
    expect((await hintsFor('missing', [cluster('other')])).join(' ')).toContain('check the destination in the route configuration: define the cluster');
  });
});

describe('near names come first', () => {
  test('the subset exists for another port', async () => {
    const [first] = await hintsFor(`outbound|80|v1|${HOST}`, [cluster(`outbound|8080|v1|${HOST}`)]);
    expect(first).toContain('"v1" exists for port 8080, not 80');
  });
  test('the subset is a typing mistake away', async () => {
    const [first] = await hintsFor(`outbound|80|canray|${HOST}`, [cluster(`outbound|80|canary|${HOST}`)]);
    expect(first).toContain('is "canray" a typing mistake?');
  });
  test('the host is a typing mistake away', async () => {
    const [first] = await hintsFor(`outbound|80||catalgo.shop.svc.cluster.local`, [cluster(`outbound|80||${HOST}`)]);
    expect(first).toContain(`the nearest is "${HOST}"`);
  });
  test('a subset of a numbered family is no typing mistake', () => {
    expect(mistyped('version-v1', ['version-v2'])).toBeUndefined();
    expect(mistyped('version-v1', ['versoin-v1', 'version-v2'])).toBe('versoin-v1');
  });
});

test('a DestinationRule that is there is kept: its name, and a word on its subsets', () => {
  const rules = new Map([[HOST, { name: 'catalog-rule', namespace: 'mesh', subsets: ['v1'] }]]);
  expect(destinationRule([`outbound|80|v2|${HOST}`], rules)).toMatch(
    /name: catalog-rule\n {2}namespace: mesh[\s\S]*keep what the rule has: v1\n {2}- name: v2/,
  );
});

test.each(['.configs[2].a["x.y"][0]', '.', '.a', '.[0].b'])('the path %s is read as it is written', (path) => {
  expect(jqPath(parseJqPath(path))).toBe(path);
});

describe('pc explain', () => {
  const explained = async (...what: string[]): Promise<string> => {
    const io = fakeIo();
    expect(await runCli(['explain', ...what], io)).toBe(0);
    return io.stdout();
  };
  // The flags that Envoy 1.40 registers: CoreResponseFlag of envoy/stream_info/stream_info.h.
  const FLAGS = 'LH UH UT LR UR UF UC UO NR DI FI RL UAEX RLSE DC URX SI IH DPE UMSDR RFCF NFCF DT UPE NC OM DF DO DR UDO'.split(' ');

  test('every response flag of Envoy 1.40 has a meaning, causes and a next step', async () => {
    expect([...RESPONSE_FLAGS.keys()].sort()).toEqual([...FLAGS].sort());
    for (const { means, causes, next } of RESPONSE_FLAGS.values()) {
      expect(means).not.toBe('');
      expect(causes.length).toBeGreaterThan(0);
      expect(next.length).toBeGreaterThan(0);
    }
    expect(await explained('UF,URX')).toMatch(/UpstreamConnectionFailure[\s\S]*UpstreamRetryLimitExceeded/);
  });

  // What Envoy 1.40 may log: ResponseCodeDetailValues and LocalCloseReasonValues of envoy/stream_info/stream_info.h, the codecs' and the filters' own.
  const DETAILS = readFileSync(join(import.meta.dirname, 'details-of-envoy-1.40.txt'), 'utf8')
    .split(/\s+/)
    .filter((name) => name !== '');

  test('every response code detail of Envoy 1.40 is explained', async () => {
    expect(DETAILS.length).toBeGreaterThan(200);
    expect(DETAILS.filter((name) => explainDetails(name).length === 0)).toEqual([]);
    expect(await explained('mcp_json_rest_bridge_request_too_large')).toContain('MCP calls into REST calls answers by itself: request too large');
  });

  test('every detail is found as the log writes it, with what stands in its braces', async () => {
    for (const name of RESPONSE_CODE_DETAILS.keys()) expect(explainDetails(name)[0]?.name).toBe(name);
    const nested = 'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}';
    expect(explainDetails(nested).map((d) => d.name)).toEqual(['upstream_reset_before_response_started', 'remote_connection_failure']);
    expect(await explained('rbac_access_denied_matched_policy[ns[a]-policy[b]-rule[0]]')).toContain('RBAC refuses');
  });

  test('an id, and its slug', async () => {
    expect(await explained('pc4001')).toBe(await explained('cluster-not-found'));
  });

  test('nothing that it knows: the nearest', async () => {
    const io = fakeIo();
    expect(await runCli(['explain', 'cluster_not_foun'], io)).toBe(2);
    expect(io.stderr()).toContain('nearest: cluster_not_found');
  });
});

test('the founding story reads as it should: one error for both arms, shares, lines, what to apply', async () => {
  const io = fakeIo({ columns: 200 });
  expect(await runCli(['trace', 'http://catalog.istioinaction.io/items', '-f', `${projectRoot()}/snapshots/founding-story-missing-subset`], io)).toBe(1);
  const text = io.stdout();
  expect(text.match(/error\[/g)).toHaveLength(1);
  expect(text).toMatch(/version-v1\|catalog\.istioinaction\.svc\.cluster\.local" \(20 %\) and "outbound\|80\|version-v2\|.*" \(80 %\)/);
  expect(text).toMatch(/"name": "outbound\|80\|version-v1\|.*"\n.*\^{64} {2}no such cluster among 5/);
  expect(text).toContain('VirtualService istioinaction/catalog-v1-v2');
  expect(text).toMatch(
    /kind: DestinationRule[\s\S]*host: catalog\.istioinaction\.svc\.cluster\.local[\s\S]*name: version-v1[\s\S]*# check[\s\S]*name: version-v2/,
  );
});
