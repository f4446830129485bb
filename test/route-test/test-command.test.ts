import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { TraceRequest } from '../../src/match/request.ts';
import { startFakeAdmin } from '../support/fake-admin.ts';
import { pc } from '../support/pc.ts';
import { projectRoot } from '../support/project-root.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SNAPSHOTS = join(projectRoot(), 'snapshots');
const BROKEN = join(SNAPSHOTS, 'founding-story-missing-subset');
const FIXED = join(SNAPSHOTS, 'founding-story-fixed');
const folder = tempFolder({});
afterAll(() => folder.remove());

let files = 0;
const fileOf = (content: unknown): string => {
  const file = join(folder.path, `file-${++files}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

interface Report {
  readonly tests: readonly {
    readonly name: string;
    readonly result: string;
    readonly assertions: readonly { what: string; result: string; found: string; why?: string }[];
  }[];
  readonly coverage: { readonly percent: number; readonly enough: boolean; readonly untested: readonly unknown[] };
}

/** Runs tests against a bare RouteConfiguration. */
async function run(routeConfig: unknown, ...tests: unknown[]): Promise<Report & { readonly status: number }> {
  const { status, out, err } = await pc('test', fileOf({ tests }), '-f', fileOf(routeConfig), '-o', 'json');
  expect(err).toBe('');
  return { ...(JSON.parse(out) as Report), status };
}

const input = (path: string, more: object = {}): object => ({ authority: 'a.com', path, method: 'GET', ...more });
const ask = (path: string, validate: object, more: object = {}): object => ({ test_name: path, input: input(path, more), validate });
const table = (...routes: object[]): object => ({ name: 'r', virtual_hosts: [{ name: 'h', domains: ['*'], routes }] });
const resultsOf = (report: Report): string[] => report.tests.map(({ result }) => result);

describe("router_check_tool's schema", () => {
  test('random_value picks the arm of a split', async () => {
    const split = table({
      match: { prefix: '/' },
      route: {
        weighted_clusters: {
          clusters: [
            { name: 'v1', weight: 20 },
            { name: 'v2', weight: 80 },
          ],
        },
      },
    });
    const report = await run(
      split,
      ask('/', { cluster_name: 'v1' }, { random_value: 19 }),
      ask('/', { cluster_name: 'v2' }, { random_value: 20 }),
      ask('/', { cluster_name: 'v1' }),
    );
    expect(resultsOf(report)).toEqual(['pass', 'pass', 'pass']);
    expect(report.coverage.percent).toBe(100);
    expect((await run(split, ask('/', { cluster_name: 'v1' }))).coverage.percent).toBe(50);
  });

  test('a route with a runtime fraction is off until the test names its key', async () => {
    const routes = table(
      { match: { prefix: '/', runtime_fraction: { default_value: { numerator: 30 }, runtime_key: 'canary' } }, route: { cluster: 'canary' } },
      { match: { prefix: '/' }, route: { cluster: 'stable' } },
    );
    const report = await run(
      routes,
      ask('/', { cluster_name: 'stable' }),
      ask('/', { cluster_name: 'canary' }, { runtime: 'canary', random_value: 29 }),
      ask('/', { cluster_name: 'stable' }, { runtime: 'canary', random_value: 30 }),
    );
    expect(resultsOf(report)).toEqual(['pass', 'pass', 'pass']);
  });

  test('headers that the route adds and removes, and what a rewrite notes', async () => {
    const routes = {
      name: 'r',
      request_headers_to_add: [{ header: { key: 'x-level', value: 'config' } }],
      virtual_hosts: [
        {
          name: 'h',
          domains: ['*'],
          request_headers_to_remove: ['x-secret'],
          routes: [
            {
              match: { prefix: '/old' },
              route: { cluster: 'a', prefix_rewrite: '/new', host_rewrite_literal: 'b.com' },
              request_headers_to_add: [
                { header: { key: 'x-level', value: 'route' } },
                { header: { key: 'x-user', value: '%REQ(x-id)%-%REQ(x-none?:method)%' } },
                { header: { key: 'x-started', value: '%START_TIME%' } },
              ],
              response_headers_to_add: [{ header: { key: 'x-served-by', value: 'pc' } }],
            },
          ],
        },
      ],
    };
    const header = (name: string, exact: string): object => ({ name, string_match: { exact } });
    const report = await run(
      routes,
      ask(
        '/old/items?q=1',
        {
          path_rewrite: '/new/items?q=1',
          host_rewrite: 'b.com',
          request_header_matches: [
            header('x-level', 'config'),
            header('x-level', 'route'),
            header('x-user', '7-GET'),
            header('x-envoy-original-path', '/old/items?q=1'),
            { name: 'x-secret', present_match: true, invert_match: true },
          ],
          response_header_matches: [header('x-served-by', 'pc')],
        },
        {
          additional_request_headers: [
            { key: 'x-id', value: '7' },
            { key: 'x-secret', value: 's' },
          ],
        },
      ),
      ask('/old', { request_header_matches: [header('x-started', 'now')] }),
    );
    expect(report.tests[0]?.assertions.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(report.tests[1]).toMatchObject({
      result: 'unchecked',
      assertions: [{ what: 'request header x-started', why: expect.stringContaining('%START_TIME%') }],
    });
    expect(report.status).toBe(3);
  });

  test('the arm changes headers first, then the route and what is around it; an overwrite comes before what is added', async () => {
    const add = (key: string, value: string, append_action = 'APPEND_IF_EXISTS_OR_ADD'): object => ({ header: { key, value }, append_action });
    const arm = { name: 'v1', weight: 100, request_headers_to_add: [add('x-from', 'arm'), add('x-order', 'arm')] };
    const route = {
      match: { prefix: '/' },
      route: { weighted_clusters: { clusters: [arm] } },
      request_headers_to_add: [
        add('x-order', 'added'),
        add('x-order', 'overwritten', 'OVERWRITE_IF_EXISTS_OR_ADD'),
        add('x-seen', '%REQ(x-from)%'),
        add('x-from', 'route', 'ADD_IF_ABSENT'),
      ],
    };
    const header = (name: string, exact: string): object => ({ name, string_match: { exact } });
    const wanted = [header('x-order', 'overwritten'), header('x-order', 'added'), header('x-seen', 'arm'), header('x-from', 'arm')];
    const gone = [
      { ...header('x-order', 'arm'), invert_match: true },
      { ...header('x-from', 'route'), invert_match: true },
    ];
    const report = await run(table(route), ask('/', { request_header_matches: [...wanted, ...gone] }));
    expect(report.tests[0]?.assertions.filter(({ result }) => result !== 'pass')).toEqual([]);
  });

  test('timeouts, route metadata and dynamic metadata', async () => {
    const routes = table(
      {
        match: { prefix: '/m', dynamic_metadata: [{ filter: 'my.meta', path: [{ key: 'a' }, { key: 'b' }], value: { string_match: { exact: 'c' } } }] },
        route: { cluster: 'by-metadata' },
      },
      { match: { prefix: '/' }, route: { cluster: 'a', timeout: '120s' }, metadata: { filter_metadata: { team: { owner: 'web' } } } },
    );
    const metadata = [{ metadata_namespace: 'my.meta', value: { a: { b: 'c' } } }];
    const report = await run(
      routes,
      ask('/m', { cluster_name: 'by-metadata', timeout: '15s' }, { dynamic_metadata: metadata }),
      ask('/m', { cluster_name: 'a', timeout: '120.0s', route_metadata: [{ namespace: 'team', key: 'owner', value: 'web' }] }),
      ask('/', { route_metadata: [{ namespace: 'team', key: 'owner', value: 'shop' }] }),
    );
    expect(resultsOf(report)).toEqual(['pass', 'pass', 'fail']);
    expect(report.status).toBe(1);
  });

  test('a failure says what was wanted and what was found', async () => {
    const { status, out } = await pc(
      'test',
      fileOf({ tests: [ask('/', { cluster_name: 'b', path_redirect: '' })] }),
      '-f',
      fileOf(table({ match: { prefix: '/' }, route: { cluster: 'a' } })),
    );
    expect([status, out]).toEqual([1, expect.stringMatching(/FAILED {2}\/\n {2}cluster_name: wanted b, found a\n/)]);
  });

  test('what a cluster specifier plugin would choose is not checked, and does not pass', async () => {
    const report = await run(table({ match: { prefix: '/' }, route: { cluster_specifier_plugin: 'lua' } }), ask('/', { cluster_name: '' }));
    expect([resultsOf(report), report.status]).toEqual([['unchecked'], 3]);
  });

  test.each<[string, unknown, string]>([
    ['a field of an unknown name', { test_name: 't', input: input('/'), validate: { clutser_name: 'a' } }, 'there is no field "clutser_name" here'],
    ['an unknown input', { test_name: 't', input: { ...input('/'), cookie: 'x' }, validate: { cluster_name: 'a' } }, 'there is no field "cookie" here'],
    ['nothing to hold', { test_name: 't', input: input('/') }, '"validate" or "expect"'],
    ['an unknown expectation', { test_name: 't', url: 'http://a.com/', expect: { staus: 200 } }, '"expect" has no field staus'],
    ['neither input nor URL', { test_name: 't', validate: { cluster_name: 'a' } }, 'either "input" or "url"'],
    [
      'a header matcher that is none',
      { test_name: 't', input: input('/'), validate: { request_header_matches: [{ name: 'x', exakt: 'y' }] } },
      'no field exakt',
    ],
  ])('%s is refused with its place, and nothing is run', async (_, one, message) => {
    const { status, err, out } = await pc('test', fileOf({ tests: [one] }), '-f', FIXED);
    expect([status, out, err]).toEqual([2, '', expect.stringContaining(message)]);
    expect(err).toContain('error[PC1023]');
    expect(err).toContain('test 1');
  });
});

describe('expectations of a trace', () => {
  const tests = `
tests:
- test_name: the catalog is split
  url: http://catalog.istioinaction.io/items
  expect:
    verdict: forwarded
    cluster:
      outbound|80|version-v1|catalog.istioinaction.svc.cluster.local: 20
      outbound|80|version-v2|catalog.istioinaction.svc.cluster.local: 80
    endpoint: ['127.0.0.1:13001', '127.0.0.1:13002', '127.0.0.1:13003']
    virtual_host: catalog.istioinaction.io:8080
    flags: none
- name: the first arm alone
  url: http://catalog.istioinaction.io/items
  random: 0
  expect: { cluster: outbound|80|version-v1|catalog.istioinaction.svc.cluster.local }
- name: an unknown host
  url: http://nowhere.example/
  expect: { status: 404, flags: NR }
- name: the route table of a dump
  input: { authority: catalog.istioinaction.io, path: /items, method: GET, random_value: 99 }
  validate: { cluster_name: 'outbound|80|version-v2|catalog.istioinaction.svc.cluster.local' }
`;

  test('hold for the mended dump and fail for the broken one, which says what the trace says', async () => {
    const file = fileOf(tests);
    expect((await pc('test', file, '-f', FIXED)).out).toContain('4 passed');
    const broken = await pc('test', file, '-f', BROKEN);
    expect(broken.status).toBe(1);
    expect(broken.out).toContain('verdict: wanted forwarded, found broken');
    expect(broken.out).toContain('the trace says: broken NC 503 (cluster_not_found) 20 %');
  });

  test('--fail-under fails where too few routes are tested, and they are listed', async () => {
    const file = fileOf(tests);
    const enough = await pc('test', file, '-f', FIXED, '--fail-under', '50');
    expect([enough.status, enough.out]).toEqual([0, expect.stringContaining('50 % of 4 routes tested')]);
    const few = await pc('test', file, '-f', FIXED, '--fail-under', '75');
    expect([few.status, few.out]).toEqual([1, expect.stringMatching(/under the 75 % of --fail-under\nnot tested:\n.*\/stats\/prometheus/)]);
    const own = await pc('test', file, '-f', FIXED, '--fail-under', '100', '--route-config', 'http.*');
    expect([own.status, own.out]).toEqual([0, expect.stringContaining('100 % of 2 routes tested')]);
  });

  test('-o junit has a case for each test, a failure for each that fails', async () => {
    const { out } = await pc('test', fileOf(tests), '-f', BROKEN, '-o', 'junit', '--fail-under', '90');
    expect(out).toContain('<testsuite name="pc test" tests="5" failures="2" errors="0">');
    expect(out).toMatch(/name="the catalog is split"><failure message="verdict: wanted forwarded, found broken">/);
    expect(out).toMatch(/name="coverage"><failure message="50 % of 4 routes tested, which is under/);
  });
});

describe('where the proxy is', () => {
  test('a live one, by its admin address', async () => {
    const admin = await startFakeAdmin((request, response) => {
      const file = request.url?.startsWith('/config_dump') ? 'config_dump.json' : 'clusters.json';
      response.writeHead(200, { 'content-type': 'application/json' }).end(readFileSync(join(FIXED, file)));
    });
    const { status, out } = await pc('test', join(projectRoot(), 'docs/examples/catalog_test.yaml'), '--url', admin.url);
    await admin.stop();
    expect([status, out]).toEqual([0, expect.stringContaining('3 passed')]);
  });

  test('the example of the documentation holds for the mended snapshot', async () => {
    const { status, out } = await pc('test', join(projectRoot(), 'docs/examples/catalog_test.yaml'), '-f', FIXED);
    expect([status, out]).toEqual([0, expect.stringContaining('3 passed')]);
  });

  test('several route configs: the one with a virtual host for the authority, or the one that is named', async () => {
    const configs = ['80', '8080'].map((name) => ({
      '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
      name,
      virtual_hosts: [
        { name: `${name}-any`, domains: name === '80' ? ['a.com'] : ['b.com', 'c.com'], routes: [{ match: { prefix: '/' }, route: { cluster: name } }] },
      ],
    }));
    const both = { '@type': 'type.googleapis.com/envoy.admin.v3.RoutesConfigDump', dynamic_route_configs: configs.map((config) => ({ route_config: config })) };
    const dump = fileOf({ configs: [both] });
    const asking = (authority: string, more: object = {}): object => ({ test_name: authority, input: { authority, path: '/', method: 'GET' }, ...more });
    const tests = [
      asking('b.com', { validate: { cluster_name: '8080' } }),
      asking('a.com', { route_config: '8080', validate: { cluster_name: '' } }),
      asking('nobody.com', { validate: { cluster_name: '' } }),
    ];
    const { status, out } = await pc('test', fileOf({ tests }), '-f', dump, '-o', 'json');
    const report = JSON.parse(out) as Report;
    expect([status, resultsOf(report)]).toEqual([3, ['pass', 'pass', 'unchecked']]);
    expect(report.tests[2]?.assertions[0]?.why).toContain('name it with route_config');
  });
});

describe('--record', () => {
  const snapshots = readdirSync(SNAPSHOTS).filter((name) => existsSync(join(SNAPSHOTS, name, 'config_dump.json')));

  test.each(snapshots)('what is recorded of %s holds for it', async (name) => {
    const { requests } = JSON.parse(readFileSync(join(SNAPSHOTS, name, 'case.json'), 'utf8')) as { requests: TraceRequest[] };
    const urls = [
      ...new Set(
        requests.map(
          ({ scheme, authority, path }) => `${scheme === 'https' ? 'https' : 'http'}://${authority || 'a.example'}${path?.startsWith('/') ? path : '/'}`,
        ),
      ),
    ];
    const recorded = await pc('test', '--record', ...urls, '-f', join(SNAPSHOTS, name));
    expect([0, 3]).toContain(recorded.status);
    if (recorded.out === '') return expect(recorded.err).toContain('not recorded');
    const again = await pc('test', fileOf(recorded.out), '-f', join(SNAPSHOTS, name));
    expect(again.out).not.toContain('FAILED');
    expect(again.status).toBe(0);
  });

  test('method and headers are kept', async () => {
    const { out } = await pc('test', '--record', 'http://catalog.istioinaction.io/items', '-X', 'POST', '-H', 'x-user: jason', '-f', FIXED);
    expect(out).toMatch(/method: POST\n {2}headers:\n {2}- "x-user: jason"|method: POST\n {2}headers:\n {2}- 'x-user: jason'/);
  });
});
