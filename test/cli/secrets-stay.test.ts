import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pc } from '../support/pc.ts';
import { tempFolder } from '../support/temp-folder.ts';

const ADMIN = 'type.googleapis.com/envoy.admin.v3.';
const EXTENSIONS = 'type.googleapis.com/envoy.extensions.';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let count = 0;
/** A secret that is found again wherever it leaks to. */
const secret = (): string => `hush${String(++count).padStart(2, '0')}hush`;

const tls = {
  common_tls_context: {
    tls_certificates: [{ certificate_chain: { inline_string: 'cert' }, private_key: { inline_string: secret() }, password: { inline_string: secret() } }],
  },
  session_ticket_keys: { keys: [{ inline_bytes: base64(secret()) }] },
};
const routes = {
  name: 'r',
  virtual_hosts: [
    {
      name: 'v',
      domains: ['*'],
      request_headers_to_add: [{ header: { key: 'Authorization', value: `Basic ${secret()}` } }],
      routes: [
        { match: { prefix: '/', headers: [{ name: 'authorization', string_match: { exact: `Bearer ${secret()}` } }] }, route: { cluster: 'c' } },
        { match: { prefix: '/', headers: [{ name: 'x-api-key', exact_match: secret() }] }, route: { cluster: 'c' } },
        { match: { prefix: '/', query_parameters: [{ name: 'token', string_match: { exact: secret() } }] }, route: { cluster: 'c' } },
        { match: { prefix: '/b' }, route: { cluster: 'missing' }, request_headers_to_add: [{ header: { key: 'x-auth-token', value: secret() } }] },
      ],
    },
  ],
};
const filters = [
  { name: 'basic', typed_config: { '@type': `${EXTENSIONS}filters.http.basic_auth.v3.BasicAuth`, users: { inline_string: `joe:${secret()}` } } },
  { name: 'key', typed_config: { '@type': `${EXTENSIONS}filters.http.api_key_auth.v3.ApiKeyAuth`, credentials: [{ key: secret(), client: 'x' }] } },
  {
    name: 'unknown',
    typed_config: {
      '@type': 'type.googleapis.com/acme.v1.X',
      cfg: { client_secret: secret() },
      uri: `http://joe:${secret()}@host/`,
      pem: `-----BEGIN PRIVATE KEY-----\n${secret()}\n-----END PRIVATE KEY-----`,
    },
  },
];
const manager = {
  '@type': `${EXTENSIONS}filters.network.http_connection_manager.v3.HttpConnectionManager`,
  stat_prefix: 'x',
  route_config: routes,
  http_filters: filters,
};
const listener = {
  name: 'l',
  address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
  filter_chains: [
    { filters: [{ name: 'hcm', typed_config: manager }] },
    {
      filter_chain_match: { server_names: ['a'] },
      transport_socket: { typed_config: { '@type': `${EXTENSIONS}transport_sockets.tls.v3.DownstreamTlsContext`, ...tls } },
      filters: [{ name: 'hcm', typed_config: manager }],
    },
  ],
};
const dump = {
  configs: [
    {
      '@type': `${ADMIN}BootstrapConfigDump`,
      bootstrap: {
        node: { id: 'n', metadata: { token: secret() } },
        static_resources: { secrets: [{ name: 'k', generic_secret: { secret: { inline_string: secret() } } }] },
      },
    },
    { '@type': `${ADMIN}ListenersConfigDump`, dynamic_listeners: [{ name: 'l', active_state: { listener } }] },
    { '@type': `${ADMIN}RoutesConfigDump`, dynamic_route_configs: [{ route_config: { ...routes, name: 'rds' } }] },
    {
      '@type': `${ADMIN}ClustersConfigDump`,
      static_clusters: [
        {
          cluster: {
            name: 'c',
            type: 'STATIC',
            transport_socket: { typed_config: { '@type': `${EXTENSIONS}transport_sockets.tls.v3.UpstreamTlsContext`, ...tls } },
          },
        },
      ],
    },
    {
      '@type': `${ADMIN}SecretsConfigDump`,
      dynamic_active_secrets: [
        { name: 's', secret: { name: 's', tls_certificate: { private_key: { inline_bytes: base64(secret()) } } } },
        { name: 'wrong', secret: { name: 'wrong', tls_certificate: { private_key: secret(), password: [secret()] } } },
      ],
    },
    { '@type': `${ADMIN}EcdsConfigDump`, ecds_filters: [{ ecds_filter: filters[0] }] },
  ],
};
const noisy = `> Authorization: Bearer ${secret()}\n${JSON.stringify(dump, null, 1)}\npassword=${secret()}\n`;
const broken = `${JSON.stringify(dump).slice(0, -40)}"${secret()} x`;

/** Every secret, as it is and in the base64 of its place in a longer text. */
function leaks(text: string): string[] {
  const found = text.match(/hush\d\dhush/g) ?? [];
  const decoded = (text.match(/[A-Za-z0-9+/]{12,}={0,2}/g) ?? []).flatMap(
    (word) =>
      Buffer.from(word, 'base64')
        .toString('latin1')
        .match(/hush\d\dhush/g) ?? [],
  );
  return [...new Set([...found, ...decoded])];
}

let folder: ReturnType<typeof tempFolder>;
beforeAll(() => {
  const changed = noisy.replace(/hush(\d)/g, (_, digit: string) => `hush${9 - Number(digit)}`);
  const test = { url: 'http://x/b', validate: { request_header_matches: [{ name: 'x-auth-token', present_match: false }] } };
  folder = tempFolder({ 'dump.json': noisy, 'broken.json': broken, 'changed.json': changed, 'tests.json': JSON.stringify({ tests: [test] }) });
});
afterAll(() => folder.remove());

async function everything(...argv: string[]): Promise<string> {
  const { out, err } = await pc(...argv, '-f', `${folder.path}/dump.json`);
  return out + err;
}

describe('secrets are not printed', () => {
  const listings = ['listeners', 'routes', 'clusters', 'endpoints', 'secrets', 'bootstrap', 'ecds', 'all'];
  const outputs = ['short', 'wide', 'json', 'yaml', 'raw', 'name'];
  test.each(listings.flatMap((command) => outputs.map((output) => [command, output] as const)))('pc %s -o %s', async (command, output) => {
    expect(leaks(await everything(command, '-o', output))).toEqual([]);
  });

  test.each([
    ['trace', 'http://x/'],
    ['trace', 'http://x/b', '-o', 'json'],
    ['trace', 'http://x/?token=no', '-o', 'json'],
    ['trace', 'http://x/b', '--explain'],
    ['check'],
    ['check', '-o', 'json'],
  ])('pc %s %s %s %s', async (...argv) => {
    expect(leaks(await everything(...argv.filter((argument) => argument !== undefined)))).toEqual([]);
  });

  test.each([[], ['-o', 'json'], ['-o', 'yaml'], ['--routing'], ['--routing', '-o', 'json'], ['--all']])(
    'pc diff of a dump and one with other secrets %s %s %s',
    async (...argv) => {
      const { status, out, err } = await pc('diff', `${folder.path}/dump.json`, `${folder.path}/changed.json`, ...argv);
      expect(status).not.toBe(2);
      expect(leaks(out + err)).toEqual([]);
    },
  );

  test('pc diff tells where a secret changed', async () => {
    const { out } = await pc('diff', `${folder.path}/dump.json`, `${folder.path}/changed.json`);
    expect(out).toMatch(/private_key\S* changed \(a secret, not shown\)/);
  });

  test.each([['--record', 'http://x/', 'http://x/b'], ['TESTS'], ['TESTS', '-o', 'json'], ['TESTS', '-o', 'junit']])('pc test %s %s %s', async (...argv) => {
    const words = argv.map((word) => (word === 'TESTS' ? `${folder.path}/tests.json` : word));
    expect(leaks(await everything('test', ...words))).toEqual([]);
  });

  test('nor told of in the message on a broken file', async () => {
    const { status, err } = await pc('listeners', '-f', `${folder.path}/broken.json`);
    expect(status).toBe(2);
    expect(leaks(err)).toEqual([]);
  });

  test('unless they are asked for', async () => {
    expect(leaks(await everything('listeners', '-o', 'raw', '--show-secrets')).length).toBeGreaterThan(8);
    expect(leaks(await everything('secrets', '-o', 'json', '--show-secrets')).length).toBeGreaterThan(0);
  });
});
