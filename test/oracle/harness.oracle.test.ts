import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { describeWithEnvoy } from '../support/with-envoy.ts';
import { createAuthority } from './certificate.ts';
import { compareAnswer } from './compare.ts';
import { type Deployment, deploy } from './deploy.ts';
import { startEnvoy } from './envoy-process.ts';
import { PLAIN_CLUSTERS } from './generate/clusters.ts';
import { type Configuration, OWN } from './generate/configuration.ts';
import { connectionManager } from './generate/http-listeners.ts';
import { http1Bytes } from './http1-exchange.ts';
import { observe } from './observe.ts';
import { proxyHeader } from './proxy-header.ts';
import { openTestBed, type TestBed } from './test-bed.ts';
import { writeBootstrap } from './xds-files.ts';

describe('the bytes that the client sends', () => {
  test('no header is added and none is changed', () => {
    const bytes = http1Bytes({
      method: 'GET',
      authority: 'A.com:80',
      path: '//a?b',
      protocol: 'http/1.1',
      headers: [
        ['X-a', ' v'],
        ['X-A', ''],
      ],
    });
    expect(bytes.toString()).toBe('GET //a?b HTTP/1.1\r\nHost: A.com:80\r\nX-a:  v\r\nX-A: \r\n\r\n');
  });

  test('a request may have no Host', () => {
    expect(http1Bytes({ authority: null, path: '/', protocol: 'http/1.0' }).toString()).toBe('GET / HTTP/1.0\r\n\r\n');
  });

  test('PROXY headers of both versions', () => {
    const source = { address: '10.0.0.1', port: 258 };
    expect(proxyHeader(1, source, { address: '10.0.0.2', port: 80 }).toString()).toBe('PROXY TCP4 10.0.0.1 10.0.0.2 258 80\r\n');
    expect(proxyHeader(2, source, { address: '10.0.0.2', port: 80 }).toString('hex')).toBe('0d0a0d0a000d0a515549540a2111000c0a0000010a00000201020050');
    expect(proxyHeader(2, { address: '::1', port: 1 }, { address: '2001:db8::5:6', port: 2 }).subarray(16, 48).toString('hex')).toBe(
      `${'0'.repeat(31)}1${'20010db8000000000000000000050006'}`,
    );
  });

  test('a certificate carries its names and is signed by its authority', () => {
    const authority = createAuthority('root');
    const issued = new X509Certificate(authority.issue('leaf', { dns: ['a.com'], uris: ['spiffe://x/y'] }).cert);
    expect(issued.subjectAltName).toBe('DNS:a.com, URI:spiffe://x/y');
    expect(issued.verify(new X509Certificate(authority.cert).publicKey)).toBe(true);
  });
});

describeWithEnvoy('a real Envoy', (envoy) => {
  let bed: TestBed;
  let deployment: Deployment;
  const routes = {
    name: `${OWN}routes`,
    virtual_hosts: [{ name: 'host', domains: ['a.com'], routes: [{ name: 'route', match: { prefix: '/' }, route: { cluster: `${OWN}a` } }] }],
  };
  const plain: Configuration = {
    about: 'plain',
    listener: { filter_chains: [{ filters: [connectionManager(routes)] }] },
    routes: [],
    clusters: PLAIN_CLUSTERS,
    random: false,
  };
  const padded = { string_match: { exact: ' \tv ' } };
  const byBlanks: Configuration = {
    ...plain,
    listener: {
      filter_chains: [
        {
          filters: [
            connectionManager({
              name: `${OWN}blanks`,
              virtual_hosts: [
                {
                  name: 'host',
                  domains: ['*'],
                  routes: [
                    {
                      name: 'with blanks',
                      match: { prefix: '/', headers: [{ name: 'x-a', ...padded }] },
                      route: { cluster: `${OWN}a`, host_rewrite_header: 'x-a' },
                    },
                    { name: 'without', match: { prefix: '/' }, route: { cluster: `${OWN}a`, host_rewrite_header: 'x-a' } },
                  ],
                },
              ],
            }),
          ],
        },
      ],
    },
  };
  const byRds: Configuration = { ...plain, listener: { filter_chains: [{ filters: [connectionManager(routes.name)] }] }, routes: [routes] };
  beforeAll(async () => {
    bed = await openTestBed(envoy);
    deployment = await deploy([plain, byRds, byBlanks], bed);
  });
  afterAll(async () => {
    await deployment.stop();
    await bed.close();
  });

  test.each([0, 1])('answers over HTTP/1.1 and HTTP/2, and its log says by which route (configuration %i)', async (index) => {
    for (const protocol of ['http/1.1', 'h2'] as const) {
      const seen = await observe(deployment.aim(index, { method: 'GET', authority: 'a.com', path: '/x?y', protocol, headers: [] }), deployment.log);
      expect(seen).toMatchObject({
        n: 1,
        outcomes: [
          {
            status: 200,
            via: 'http',
            flags: null,
            details: 'via_upstream',
            virtual_host: 'host',
            route_name: 'route',
            cluster: `n${index}-a`,
            upstream: 'u0',
            upstream_host: bed.upstreams[0]?.address,
            headers: { 'x-up-path': '/x?y', 'x-up-host': 'a.com', 'x-up-method': 'GET' },
          },
        ],
      });
    }
  });

  test.each([
    ['keeps', 'h2', 'with blanks'],
    ['drops', 'http/1.1', 'without'],
  ] as const)('%s the blanks around a header that came over %s; the server behind it reads a host without them', async (_, protocol, route_name) => {
    const request = deployment.aim(2, { method: 'GET', authority: 'a.com', path: '/', protocol, headers: [['x-a', ' \tv ']] });
    const seen = await observe(request, deployment.log);
    expect(seen.outcomes).toMatchObject([{ status: 200, route_name, headers: { 'x-up-host': 'v' } }]);
    expect(compareAnswer(seen, traceRequest(deployment.proxy, request))).toMatchObject({ verdict: 'right' });
  });

  test('a refused connection is seen as such', async () => {
    const seen = await observe({ listener: { address: '127.0.0.1', port: 1 }, path: '/', authority: 'a.com' }, deployment.log);
    expect(seen.outcomes).toMatchObject([{ via: 'none', connection: 'refused', status: null }]);
  });

  test('a configuration that Envoy refuses is told with the end of its log, and no process is left', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pc-refused-'));
    const bootstrap = writeBootstrap(directory, { static_resources: { listeners: [{ name: 'no-address' }] } });
    await expect(startEnvoy({ binary: envoy, directory, bootstrap })).rejects.toThrow(/Envoy did not come up/);
    rmSync(directory, { recursive: true });
    expect(processesIn(directory)).toBe('');
  });

  test('stopping leaves no process', async () => {
    const other = await deploy([plain], bed);
    await other.stop();
    expect(processesIn(other.dumps)).toBe('');
  });
});

/** What still runs in a folder, by its working directory. */
function processesIn(folder: string): string {
  const script = 'for p in /proc/[0-9]*; do d=$(readlink $p/cwd); case "$d" in "$0"*) echo $p;; esac; done; true';
  return execFileSync('/bin/sh', ['-c', script, folder.replace(/\/dumps$/, '')]).toString();
}
