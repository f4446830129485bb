import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../../src/cli/run-cli.ts';
import { base64, LEAF_PEM } from '../support/certificates.ts';
import {
  assignment,
  chain,
  clusterStatuses,
  clustersSection,
  configDump,
  endpoint,
  endpointsSection,
  hostStatus,
  httpFilter,
  type Json,
  listener,
  listenersSection,
  rds,
  routesSection,
  secretsSection,
  virtualHost,
} from '../support/dump-builders.ts';
import { fakeIo } from '../support/fake-io.ts';
import { type Schema, schemaErrors } from '../support/json-schema.ts';

const ecdsFilter = { name: 'wasm', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer', max_request_bytes: 5 } };
const DUMP = configDump(
  {
    '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump',
    bootstrap: {
      node: { id: 'sidecar~1', metadata: { ISTIO_VERSION: '1.32.0' }, user_agent_build_version: { version: { major_number: 1, minor_number: 40 } } },
    },
    last_updated: '2026-08-22T10:00:00Z',
  },
  listenersSection(listener('0.0.0.0_80', 80, chain(httpFilter(rds('80'))))),
  routesSection({
    name: '80',
    virtual_hosts: [
      virtualHost('shop', ['shop.example'], {
        match: { prefix: '/', headers: [{ name: 'authorization', string_match: { exact: 'Basic c2VjcmV0OnNlY3JldA==' } }] },
        route: {
          weighted_clusters: {
            clusters: [
              { name: 'v1', weight: 20 },
              { name: 'v2', weight: 80 },
            ],
          },
        },
      }),
    ],
  }),
  clustersSection({ name: 'v1', type: 'EDS', connect_timeout: '1s', unheard_of: { keep_me: 12345678901234567890n.toString() } }),
  endpointsSection(assignment('v1', endpoint('10.0.0.1', 80))),
  secretsSection({ name: 'default', tls_certificate: { certificate_chain: { inline_bytes: base64(LEAF_PEM) }, private_key: { inline_string: 'PRIVATE' } } }),
  {
    '@type': 'type.googleapis.com/envoy.admin.v3.EcdsConfigDump',
    ecds_filters: [{ version_info: '1', ecds_filter: { '@type': 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig', ...ecdsFilter } }],
  },
);
const STATUSES = clusterStatuses({ v1: [hostStatus('10.0.0.1', 80, { failed_outlier_check: true })] });
const TABLES = ['listeners', 'routes', 'clusters', 'endpoints', 'secrets', 'ecds'] as const;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pc-tables-'));
  write('dump.json', DUMP);
  write('clusters.json', STATUSES);
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, json: Json): string {
  writeFileSync(join(folder, name), JSON.stringify(json));
  return join(folder, name);
}

async function pc(command: string, ...rest: readonly string[]) {
  const io = fakeIo();
  const files = rest.includes('-f') ? [] : ['-f', join(folder, 'dump.json')];
  const status = await runCli([command, ...files, '--now', '2027-01-01T00:00:00Z', ...rest], io);
  return { status, out: io.stdout(), err: io.stderr() };
}

describe('-o json', () => {
  test.each([
    ['listeners', '.0.filterChains.0.filters.0.typedConfig.rds.routeConfigName', '80'],
    ['routes', '.0.virtualHosts.0.routes.0.route.weightedClusters.clusters.1.weight', 80],
    ['clusters', '.0.connectTimeout', '1s'],
    ['endpoints', '.0.endpoints.0.lbEndpoints.0.endpoint.address.socketAddress.portValue', 80],
    ['secrets', '.dynamicActiveSecrets.0.secret.tlsCertificate.certificateChain.inlineBytes', base64(LEAF_PEM)],
    ['ecds', '.ecdsFilters.0.ecdsFilter.typedConfig.maxRequestBytes', 5],
    ['bootstrap', '.bootstrap.node.id', 'sidecar~1'],
  ])('of %s has the shape of istioctl: %s', async (command, path, value) => {
    const { status, out } = await pc(command, '-o', 'json');
    expect(status).toBe(0);
    const found = path
      .slice(1)
      .split('.')
      .reduce((at: unknown, step) => (at as Record<string, unknown>)?.[step], JSON.parse(out) as unknown);
    expect(found).toEqual(value);
    expect(out).toMatch(/^[[{]\n {4}\S/);
  });

  test('keeps what the schema does not know', async () => {
    expect((await pc('clusters', '-o', 'json')).out).toContain('"keep_me": "12345678901234567890"');
  });

  test.each([...TABLES, 'bootstrap'])('of %s says the same as -o yaml', async (command) => {
    expect(parse((await pc(command, '-o', 'yaml')).out)).toEqual(JSON.parse((await pc(command, '-o', 'json')).out));
  });

  test('of endpoints is /clusters where that is there, as istioctl has it', async () => {
    const { out } = await pc('endpoints', '-f', join(folder, 'dump.json'), '-f', join(folder, 'clusters.json'), '-o', 'json');
    expect(JSON.parse(out)).toMatchObject([{ name: 'v1', hostStatuses: [{ healthStatus: { failedOutlierCheck: true } }] }]);
  });

  test('holds only what the filters leave, and an empty list where they leave nothing', async () => {
    const { status, out } = await pc('routes', '-o', 'json', '--domain', 'nobody');
    expect([status, out]).toEqual([1, '[]\n']);
  });
});

describe('-o raw', () => {
  test('prints the own bytes of each resource', async () => {
    const { out } = await pc('clusters', '-o', 'raw');
    expect(out).toBe(`${JSON.stringify((DUMP['configs'] as { dynamic_active_clusters: { cluster: Json }[] }[])[3]?.dynamic_active_clusters[0]?.cluster)}\n`);
  });

  test('of endpoints prints EDS and /clusters', async () => {
    const { out } = await pc('endpoints', '-f', join(folder, 'dump.json'), '-f', join(folder, 'clusters.json'), '-o', 'raw');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => Object.keys(JSON.parse(line) as Json)[0]),
    ).toEqual(['cluster_name', 'name']);
  });

  test('of all prints the documents', async () => {
    expect((await pc('all', '-o', 'raw', '--show-secrets')).out).toBe(`${JSON.stringify(DUMP)}\n`);
  });
});

describe('secrets', () => {
  const forms = ['short', 'wide', 'json', 'yaml', 'raw', 'rows'];
  const secret = /PRIVATE|c2VjcmV0OnNlY3JldA/;

  test.each(forms)('are in no table in the form %s', async (form) => {
    for (const command of [...TABLES, 'bootstrap', 'all']) {
      if (command === 'bootstrap' && form === 'rows') continue;
      const { status, out } = await pc(command, '-o', form);
      expect([command, status]).toEqual([command, 0]);
      expect(out).not.toMatch(secret);
    }
  });

  test('are there under --show-secrets', async () => {
    expect((await pc('secrets', '-o', 'json', '--show-secrets')).out).toContain('PRIVATE');
    expect((await pc('secrets', '-o', 'raw', '--show-secrets')).out).toContain('PRIVATE');
    expect((await pc('routes', '-o', 'wide', '--show-secrets')).out).toContain('c2VjcmV0OnNlY3JldA');
  });
});

test.each([
  ['listeners', 'listener/0.0.0.0_80'],
  ['routes', 'route/80'],
  ['clusters', 'cluster/v1'],
  ['endpoints', 'endpoint/10.0.0.1:80'],
  ['secrets', 'secret/default'],
  ['ecds', 'ecds/wasm'],
  ['bootstrap', 'bootstrap/sidecar~1'],
])('-o name of %s is %s', async (command, name) => {
  expect((await pc(command, '-o', 'name')).out).toBe(`${name}\n`);
});

test.each(TABLES)('-o rows of %s is as docs/schema says', async (command) => {
  const schema = JSON.parse(readFileSync('docs/schema/rows.schema.json', 'utf8')) as Schema;
  const { out } = await pc(command, '-f', join(folder, 'dump.json'), '-f', join(folder, 'clusters.json'), '-o', 'rows');
  const document = JSON.parse(out) as { rows: Json[] };
  expect(document.rows).toHaveLength(1);
  expect(schemaErrors(document, schema)).toEqual([]);
  const described = Object.keys(schema.$defs?.[ROW_DEFS[command]]?.properties ?? {});
  expect(described).toEqual(expect.arrayContaining(Object.keys(document.rows[0] ?? {})));
});

const ROW_DEFS = { listeners: 'listener', routes: 'route', clusters: 'cluster', endpoints: 'endpoint', secrets: 'certificate', ecds: 'extension' } as const;

describe('a filter that matches nothing', () => {
  test('says how many were looked at and what is near, with status 1', async () => {
    const { status, out, err } = await pc('clusters', '--cluster', 'zzz');
    expect([status, out]).toEqual([1, '']);
    expect(err).toBe('no cluster matches --cluster zzz: looked at 1 cluster\n');
    expect((await pc('routes', '--domain', 'shop.exmaple')).err).toContain('  nearest  shop.example\n');
  });

  test('is no finding under --compat istioctl, which prints its head', async () => {
    expect(await pc('routes', '--compat', 'istioctl', '--name', 'nope')).toMatchObject({ status: 0, out: expect.stringMatching(/^NAME .*\n$/) });
  });

  test('a broken regular expression is a wrong command line', async () => {
    const { status, err } = await pc('routes', '--path', '~[');
    expect(status).toBe(2);
    expect(err).toMatch(/^error\[PC1011\]: Invalid regular expression/);
  });
});

describe('a section that is missing', () => {
  test.each([
    ['listeners', 'PC1001', 'config_dump?mask=dynamic_listeners,static_listeners'],
    ['routes', 'PC1001', 'config_dump?mask=dynamic_route_configs,static_route_configs'],
    ['clusters', 'PC1001', 'config_dump?mask=dynamic_active_clusters'],
    ['secrets', 'PC1001', 'config_dump?mask=dynamic_active_secrets'],
    ['bootstrap', 'PC1001', 'config_dump?mask=bootstrap'],
    ['ecds', 'PC1001', 'config_dump?mask=ecds_filters'],
    ['endpoints', 'PC1002', 'config_dump?include_eds, or /clusters?format=json'],
  ])('%s says which one, and the request that gives it', async (command, id, request) => {
    const other = command === 'secrets' ? DUMP['configs'] : [(DUMP['configs'] as Json[])[5]];
    const file = write(`without-${command}.json`, { configs: command === 'secrets' ? (other as Json[]).slice(0, 5) : other });
    const { status, out, err } = await pc(command, '-f', file);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(`error[${id}]: the input has no `);
    expect(err).toContain(request);
  });

  test('does not stop pc all', async () => {
    const file = write('secrets-only.json', { configs: [(DUMP['configs'] as Json[])[5]] });
    const { status, out, err } = await pc('all', '-f', file);
    expect(status).toBe(0);
    expect(out).toMatch(/^RESOURCE NAME/);
    expect(err.match(/note\[PC100[12]\]/g)).toHaveLength(4);
  });
});

test('pc all prints every table, with headings where they are wanted', async () => {
  const { out } = await pc('all', '--with-headers');
  expect(out.match(/^------ .* ------$/gm)).toEqual([
    '------ BOOTSTRAP INFO ------',
    '------ CLUSTER INFO ------',
    '------ LISTENER INFO ------',
    '------ ROUTE INFO ------',
    '------ SECRET INFO ------',
    '------ ECDS INFO ------',
    '------ ENDPOINTS INFO ------',
  ]);
  expect((await pc('all')).out).not.toContain('------');
});

test('--no-headers leaves out the head', async () => {
  expect((await pc('clusters', '--no-headers')).out).toBe('v1  -  -  -  EDS\n');
  expect((await pc('clusters', '--no-headers', '--compat', 'istioctl')).out).toBe('v1     -     -     -     EDS     \n');
});

test('a part that does not fit its schema is told, and the table stands', async () => {
  const file = write('odd.json', configDump(clustersSection({ name: 'a', connect_timeout: 5, type: 'EDS' })));
  const { status, out, err } = await pc('clusters', '-f', file);
  expect([status, out.includes('EDS')]).toEqual([0, true]);
  expect(err).toMatch(/^note\[PC1036\]: a: expected a duration .* \.configs\[0\]\.dynamic_active_clusters\[0\]\.cluster\.connect_timeout\)$/m);
});

test.each(['yesterday', '2026-13-01'])('--now %s is no time', async (now) => {
  const io = fakeIo();
  expect(await runCli(['secrets', '-f', join(folder, 'dump.json'), '--now', now], io)).toBe(2);
  expect(io.stderr()).toContain('error[PC1012]');
});

test('without an input, pc says how to name one', async () => {
  const io = fakeIo();
  expect(await runCli(['routes'], io)).toBe(2);
  expect(io.stderr()).toContain('-f FILE');
});
