import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { fakeIo } from '../support/fake-io.ts';
import { tempFolder } from '../support/temp-folder.ts';

const TYPE = 'type.googleapis.com/envoy.admin.v3.';
const CLUSTERS = 9000;
const LISTENER = {
  '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
  name: 'web',
  address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
  filter_chains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            rds: { route_config_name: 'web' },
            http_filters: [{ name: 'router', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' } }],
          },
        },
      ],
    },
  ],
};

/** A dump that is large enough for an index: many clusters with long metadata, a host for each. */
function dump(target: string): string {
  const name = (i: number): string => `outbound|80||service-${i}.shop.svc.cluster.local`;
  const metadata = { filter_metadata: { notes: { text: 'x'.repeat(1800) } } };
  const clusters = Array.from({ length: CLUSTERS }, (_, i) => ({ version_info: 'v', cluster: { name: name(i), type: 'STATIC', metadata } }));
  const hosts = [17, 4000, CLUSTERS + 1].map((i) => ({
    name: `${i}`,
    domains: [`service-${i}.shop`],
    routes: [{ match: { prefix: '/' }, route: { cluster: i === 17 ? target : name(i) } }],
  }));
  return JSON.stringify(
    {
      configs: [
        { '@type': `${TYPE}ClustersConfigDump`, dynamic_active_clusters: clusters },
        { '@type': `${TYPE}EndpointsConfigDump` },
        { '@type': `${TYPE}ListenersConfigDump`, dynamic_listeners: [{ name: 'web', active_state: { listener: LISTENER } }] },
        { '@type': `${TYPE}RoutesConfigDump`, dynamic_route_configs: [{ version_info: 'v', route_config: { name: 'web', virtual_hosts: hosts } }] },
      ],
    },
    null,
    1,
  );
}

const folder = tempFolder({});
const file = join(folder.path, 'dump.json');
const cache = join(folder.path, 'cache');
const indexes = (): string[] => {
  try {
    return readdirSync(join(cache, 'pc'));
  } catch {
    return [];
  }
};

async function said(args: readonly string[], env: Record<string, string> = { XDG_CACHE_HOME: cache }): Promise<readonly [number, string, string]> {
  const io = fakeIo({ env });
  const status = await runCli([...args, '-f', file], io);
  return [status, io.stdout(), io.stderr()];
}

const COMMANDS: readonly (readonly string[])[] = [
  ['trace', 'http://service-17.shop/', '--listener', 'web', '-o', 'json'],
  ['trace', `http://service-${CLUSTERS + 1}.shop/`],
  ['clusters', '--fqdn', 'service-4000.shop.svc.cluster.local', '-o', 'wide'],
  ['clusters', '--cluster', 'nothing-of-this-name'],
  ['listeners'],
  ['routes', '-o', 'json'],
];

describe('the index that is kept of a large dump', () => {
  beforeAll(async () => {
    writeFileSync(file, dump('outbound|80||service-17.shop.svc.cluster.local'));
    // A file that changed just now may change again unseen.
    await new Promise((resolve) => setTimeout(resolve, 200));
  }, 60_000);
  afterAll(() => folder.remove());

  test('changes no answer, and is left alone by --no-cache and PC_NO_CACHE', async () => {
    expect(statSync(file).size).toBeGreaterThan(1 << 24);
    const without = [];
    for (const command of COMMANDS) without.push(await said([...command, '--no-cache']));
    await said(COMMANDS[0] ?? [], { XDG_CACHE_HOME: cache, PC_NO_CACHE: '1' });
    expect(indexes()).toEqual([]);
    for (const _ of ['while it is made', 'by it'])
      for (const [i, command] of COMMANDS.entries()) expect(await said(command), command.join(' ')).toEqual(without[i]);
    expect(indexes()).toHaveLength(1);
    // Names and places, and nothing of what a resource says.
    const index = readFileSync(join(cache, 'pc', indexes()[0] ?? ''), 'latin1');
    expect(index).toContain('outbound|80||service-4000.shop.svc.cluster.local');
    expect(index).not.toMatch(/xxxx|0\.0\.0\.0|prefix/);
  }, 120_000);

  test('is not used for the file once it has changed', async () => {
    const [, before] = await said(COMMANDS[0] ?? []);
    writeFileSync(file, dump('outbound|80||gone.shop.svc.cluster.local'));
    const [, after] = await said(COMMANDS[0] ?? []);
    expect(before).not.toContain('cluster_not_found');
    expect(after).toContain('cluster_not_found');
  }, 60_000);
});
