// How fast an answer comes through pc's own port-forward, against a plain `ws` client that drains the same server:
// node test/support/run-ts.mjs test/bench/port-forward.ts [MB]
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import WebSocket from 'ws';
import { kubeApi } from '../../src/source/kube/kube-api.ts';
import { dialPod } from '../../src/source/kube/pod-admin.ts';
import { adminClient } from '../../src/source/live/admin-client.ts';
import { Spool } from '../../src/source/spool.ts';
import { pod, startStandInApi } from '../support/stand-in-api.ts';

const size = Number(process.argv[2] ?? 200) * 1e6;
const role = process.env['BENCH_ROLE'];
const CHUNK = Buffer.alloc(1 << 16, 'x');

if (role === undefined) {
  const server = await serve();
  for (const client of ['ws', 'pc', 'ws', 'pc', 'ws', 'pc']) process.stdout.write(`${client} ${await runClient(client, server.url)}\n`);
  await server.stop();
} else {
  const url = process.env['BENCH_URL'] as string;
  const started = performance.now();
  const received = role === 'ws' ? await drainByWs(url) : await drainByPc(url);
  const seconds = (performance.now() - started) / 1000;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpu = ((userCPUTime + systemCPUTime) / 1e6).toFixed(2);
  console.log(
    `${(received / 1e6).toFixed(0)} MB in ${seconds.toFixed(2)} s, ${(received / 1e6 / seconds).toFixed(0)} MB/s, CPU ${cpu} s, RSS ${(maxRSS / 1024).toFixed(0)} MB`,
  );
  process.exit();
}

async function serve() {
  const admin = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    let left = size;
    const more = (): void => {
      while (left > 0) {
        left -= CHUNK.length;
        if (!response.write(CHUNK)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve));
  const api = await startStandInApi();
  api.objects.pods.push(pod('web'));
  api.ports.set('shop/web:15000', { to: (admin.address() as AddressInfo).port });
  const stop = (): Promise<void> => {
    admin.close();
    return api.stop();
  };
  return { url: api.url, stop };
}

function runClient(name: string, url: string): Promise<string> {
  return new Promise((resolve) => {
    const env = { ...process.env, BENCH_ROLE: name, BENCH_URL: url };
    const child = spawn(process.execPath, ['test/support/run-ts.mjs', 'test/bench/port-forward.ts', String(size / 1e6)], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text));
    child.on('close', () => resolve(said.trim()));
  });
}

function drainByWs(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`${url.replace('http', 'ws')}/api/v1/namespaces/shop/pods/web/portforward?ports=15000`, 'v4.channel.k8s.io', {
      perMessageDeflate: false,
    });
    let received = 0;
    ws.on('open', () => ws.send(Buffer.from('\0GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')));
    ws.on('message', (message: Buffer) => (received += message.length - 1));
    ws.on('close', () => resolve(received));
    ws.on('error', reject);
  });
}

async function drainByPc(url: string): Promise<number> {
  const { writeFileSync, mkdtempSync } = await import('node:fs');
  const file = `${mkdtempSync('/tmp/pc-bench-')}/config`;
  const cluster = { name: 'c', cluster: { server: url } };
  writeFileSync(
    file,
    JSON.stringify({
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [cluster],
      users: [{ name: 'u', user: {} }],
      'current-context': 'c',
    }),
  );
  const api = kubeApi({ kubeconfig: file, env: {} });
  const client = adminClient({ label: 'web', origin: 'http://localhost:15000', dial: () => dialPod(api, pod('web'), 15000) });
  const spool = new Spool('/config_dump');
  for await (const piece of client.pieces('/config_dump')) spool.add(piece);
  const { size: received } = spool;
  spool.discard();
  await client.close();
  return received;
}
