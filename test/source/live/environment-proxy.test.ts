import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { environmentProxy } from '../../../src/source/kube/environment-proxy.ts';
import { createAuthority } from '../../oracle/certificate.ts';
import { startCluster } from '../../support/cluster.ts';
import { pod } from '../../support/stand-in-api.ts';

const ENV = { HTTPS_PROXY: 'proxy.example:3128', http_proxy: 'http://plain.example:80' };

test.each([
  ['https://api.example:6443', ENV, 'http://proxy.example:3128'],
  ['http://api.example', ENV, 'http://plain.example:80'],
  ['https://127.0.0.1:6443', ENV, undefined],
  ['https://localhost', ENV, undefined],
  ['https://api.example', { ...ENV, NO_PROXY: 'other, .example' }, undefined],
  ['https://api.example', { ...ENV, no_proxy: 'api.example:6443' }, 'http://proxy.example:3128'],
  ['https://api.example:6443', { ...ENV, no_proxy: 'api.example:6443' }, undefined],
  ['https://10.1.2.3', { ...ENV, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['https://11.1.2.3', { ...ENV, NO_PROXY: '10.0.0.0/8' }, 'http://proxy.example:3128'],
  ['https://api.example', { ...ENV, NO_PROXY: '*' }, undefined],
  ['https://api.example', {}, undefined],
])('%s with %j goes through %s', (server, env, proxy) => {
  expect(environmentProxy(server, env)).toBe(proxy);
});

test('the proxy-url of the kubeconfig is gone through, for reads and for the port-forward', async () => {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (head: Buffer) => {
      const [, host = '', port = ''] = /^CONNECT ([^:]+):(\d+) /.exec(head.toString('latin1')) ?? [];
      targets.push(`${host}:${port}`);
      const far = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(far).pipe(socket);
      });
      far.on('error', () => socket.destroy());
      far.on('close', () => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const authority = createAuthority('stand-in');
  const cluster = await startCluster({
    tls: authority.issue('api', { dns: ['stand-in.example'] }),
    cluster: {
      'proxy-url': `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      'tls-server-name': 'stand-in.example',
      'certificate-authority-data': Buffer.from(authority.cert).toString('base64'),
    },
  });
  cluster.api.objects.pods.push(pod('web-1'));
  cluster.open('web-1:15000');
  const { status, out, err } = await cluster.pc('clusters', 'web-1', '-o', 'name');
  expect([status, err]).toEqual([0, '']);
  expect(out).toContain('cluster/users');
  expect(targets).toEqual([new URL(cluster.api.url).host, new URL(cluster.api.url).host]);
  await cluster.stop();
  for (const socket of sockets) socket.destroy();
  proxy.close();
});
