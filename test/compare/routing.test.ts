import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxy } from '../../src/cli/load-proxy.ts';
import { compareRouting } from '../../src/compare/compare-routing.ts';
import { exampleRequest } from '../../src/compare/example-request.ts';
import { exampleOfRegex } from '../../src/compare/example-text.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import type { TraceAnswer } from '../../src/trace/trace-answer.ts';
import { cluster, connectionManager, host, httpListener, type Json, proxyOf, to } from '../support/http-builders.ts';
import { pc } from '../support/pc.ts';
import { projectRoot } from '../support/project-root.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SNAPSHOTS = join(projectRoot(), 'snapshots');
const snapshot = (name: string): string => join(SNAPSHOTS, name);

const gatewayOf = (...hosts: Json[]) =>
  proxyOf({ clusters: [cluster('a'), cluster('b')], listeners: [httpListener(connectionManager({ name: 'r', virtual_hosts: hosts }))] });

/** `host path` of every request that goes elsewhere. */
async function changedBetween(a: readonly Json[], b: readonly Json[]): Promise<string[]> {
  const { changed } = compareRouting(await gatewayOf(...a), await gatewayOf(...b));
  return changed.map(({ request }) => `${request.authority} ${request.path}`);
}

describe('pc diff --routing', () => {
  test('names just the host whose subsets came back', async () => {
    const { status, out } = await pc('diff', snapshot('founding-story-missing-subset'), snapshot('founding-story-fixed'), '--routing');
    expect(status).toBe(1);
    expect(out).toContain('1 of 3 requests goes elsewhere');
    expect(out).toMatch(
      /\ncatalog\.istioinaction\.io\n {2}GET \/ to 0\.0\.0\.0:8080\n {4}- 503 NC \(cluster_not_found\) for outbound\|80\|version-v1\|\S+ 20 %, 503 NC .*\n {4}\+ to outbound\|80\|version-v1\|/,
    );
  });

  test('ends with 0 where the configuration differs and no destination does', async () => {
    const { status, out } = await pc('diff', snapshot('founding-story-fixed'), snapshot('founding-story-fixed'), '--routing');
    expect([status, out]).toEqual([0, expect.stringContaining('all 3 requests go where they went')]);
  });

  test.each([
    ['founding-story-missing-subset', 'founding-story-fixed'],
    ['webapp-sidecar-outbound', 'webapp-sidecar-registry-only'],
    ['catalog-sidecar-inbound', 'catalog-sidecar-strict-mtls'],
    ['weighted-one-arm-missing', 'no-route-for-the-path'],
    ['route-config-missing', 'rbac-deny'],
    ['https-redirect', 'tls-gateway-wrong-sni'],
  ])('agrees with batch traces of both sides: %s, %s', async (a, b) => {
    const document = JSON.parse((await pc('diff', snapshot(a), snapshot(b), '--routing', '-o', 'json')).out) as {
      requests: TraceRequest[];
      changed: { request: TraceRequest; before: TraceAnswer; after: TraceAnswer }[];
    };
    const folder = tempFolder({ 'requests.jsonl': document.requests.map((request) => JSON.stringify(request)).join('\n') });
    const batch = async (name: string): Promise<Map<string, TraceAnswer>> => {
      const { out } = await pc('trace', '-f', snapshot(name), '--requests', join(folder.path, 'requests.jsonl'), '-o', 'jsonl');
      const answers = out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as TraceAnswer);
      return new Map(answers.map((answer) => [String(answer.id), answer]));
    };
    const [before, after] = [await batch(a), await batch(b)];
    folder.remove();
    expect(document.requests.length).toBeGreaterThan(2);
    expect([before.size, after.size]).toEqual([document.requests.length, document.requests.length]);
    const seen = (answer: TraceAnswer | undefined) => [
      answer?.verdict,
      answer?.gap?.what,
      answer?.outcomes.map((o) => [o.verdict, o.status, o.flags, o.cluster, o.location, o.grpc_status, o.connection, o.conditions, o.probability]),
    ];
    const differing = document.requests.filter(({ id }) => JSON.stringify(seen(before.get(String(id)))) !== JSON.stringify(seen(after.get(String(id)))));
    expect(document.changed.map(({ request }) => request.id)).toEqual(differing.map(({ id }) => id));
    for (const change of document.changed) {
      expect(change.before).toEqual(before.get(String(change.request.id)));
      expect(change.after).toEqual(after.get(String(change.request.id)));
    }
  });

  test('a route that one side puts before another takes its requests', async () => {
    const before = [host('h', ['a.com'], [to('a')])];
    expect(await changedBetween(before, [host('h', ['a.com'], [to('b', { prefix: '/api' }), to('a')])])).toEqual(['a.com /api']);
    expect(await changedBetween(before, [host('h', ['a.com', '*.b.com'], [to('a')])])).toEqual(['any.b.com /']);
  });

  test('requests are made to satisfy the matchers of each route', async () => {
    const picky = {
      prefix: '/',
      headers: [
        { name: 'x-user', string_match: { prefix: 'ja' } },
        { name: ':method', string_match: { exact: 'POST' } },
      ],
      query_parameters: [{ name: 'v', string_match: { exact: '2' } }],
    };
    const { changed } = compareRouting(await gatewayOf(host('h', '*', [to('a', picky), to('a')])), await gatewayOf(host('h', '*', [to('b', picky), to('a')])));
    expect(changed.map(({ request }) => [request.method, request.path, request.headers])).toEqual([['POST', '/?v=2', [['x-user', 'ja']]]]);
  });

  test('a route that no request was found for is named', async () => {
    const proxy = await gatewayOf(host('h', '*', [to('a', { safe_regex: { regex: '\\pN+' } }), to('a')]));
    expect(compareRouting(proxy, proxy).notAsked.map(({ what, why }) => `${what}: ${why}`)).toContain(
      'route a of virtual host h in r: no path was found that the regular expression \\pN+ matches',
    );
  });

  test.each(['/items/[0-9]+', '/(a|b)/.*', '^/v[12]/users/\\d{3}$', '/api(/.*)?', '(?i)/shop/[^/]+/cart'])(
    'a path is found for the regular expression %s',
    (regex) => {
      expect(exampleOfRegex(regex)).toMatch(/^\//);
    },
  );

  test('an inverted matcher is satisfied by leaving the header out or by another value', () => {
    const absent = exampleRequest({ prefix: '/', headers: [{ name: 'x-debug', present_match: true, invert_match: true }] });
    expect(absent).toMatchObject({ kind: 'request', request: { path: '/' } });
    const other = exampleRequest({ prefix: '/', headers: [{ name: 'x-user', string_match: { exact: 'eve' }, invert_match: true }] });
    expect(other).toMatchObject({ request: { headers: [['x-user', 'x']] } });
  });

  test('every request of a snapshot lets its own side determine an answer', async () => {
    const proxy = await loadProxy({ files: [snapshot('webapp-sidecar-outbound')] });
    const { requests, undetermined } = compareRouting(proxy, proxy);
    expect(requests.length).toBeGreaterThan(20);
    expect(undetermined).toEqual([]);
  });
});
