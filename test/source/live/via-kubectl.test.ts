import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../../support/cluster.ts';
import { pod } from '../../support/stand-in-api.ts';

/** Stands for kubectl: tells how it was called and its own number, and forwards a port of 127.0.0.1 to the admin interface. */
const KUBECTL = (admin: number, folder: string) => `#!/usr/bin/env node
const net = require('node:net');
require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'called'))}, JSON.stringify({ args: process.argv.slice(2), pid: process.pid }));
const server = net.createServer((socket) => socket.pipe(net.connect(${admin}, '127.0.0.1')).pipe(socket));
server.listen(0, '127.0.0.1', () => console.log('Forwarding from 127.0.0.1:' + server.address().port + ' -> 15000'));
`;

let cluster: TestCluster;
let path: string | undefined;

beforeEach(async () => {
  cluster = await startCluster({ may: (_user, verb, resource) => resource !== 'pods/portforward' || verb === 'create' });
  cluster.api.objects.pods.push(pod('web-1'));
  path = process.env['PATH'];
  process.env['PATH'] = `${cluster.folder}:${path}`;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await cluster.stop();
});

const install = (script: string): void => {
  writeFileSync(join(cluster.folder, 'kubectl'), script);
  chmodSync(join(cluster.folder, 'kubectl'), 0o755);
};

describe('--via kubectl', () => {
  test('is the way through for a role that may only create port-forwards, and ends with the command', async () => {
    expect((await cluster.pc('clusters', 'web-1')).err).toContain('--via kubectl works where kubectl is installed');
    install(KUBECTL(cluster.admin.port, cluster.folder));
    const { status, out, err } = await cluster.pc('clusters', 'web-1', '-o', 'name', '--via', 'kubectl', '--as', 'jane');
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain('cluster/users');
    const { args, pid } = JSON.parse(await import('node:fs').then((fs) => fs.readFileSync(join(cluster.folder, 'called'), 'utf8')));
    expect(args).toEqual(['port-forward', 'pod/web-1', ':15000', '-n', 'shop', '--address', '127.0.0.1', '--as=jane']);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await cluster.admin.allClosed();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) expect(process.listenerCount(signal)).toBe(0);
  });

  test('tells a closed admin port by what kubectl says', async () => {
    install(`#!/usr/bin/env node
const server = require('node:net').createServer((socket) => socket.once('data', () => {
  socket.end();
  console.error('E0101 portforward.go:424] "Unhandled Error" err="an error occurred forwarding 1 -> 15000: error forwarding port 15000 to pod x: connect: connection refused"');
  console.error('error: lost connection to pod');
}));
server.listen(0, '127.0.0.1', () => console.log('Forwarding from 127.0.0.1:' + server.address().port + ' -> 15000'));
`);
    const { status, err } = await cluster.pc('clusters', 'web-1', '--via', 'kubectl');
    expect([status, err]).toEqual([2, expect.stringContaining('error[PC1112]: web-1.shop: nothing listens on port 15000 inside the pod')]);
  });

  test('says how much came where kubectl loses the pod in the middle', async () => {
    install(`#!/usr/bin/env node
const server = require('node:net').createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\\r\\ncontent-length: 100\\r\\n\\r\\n{"configs":')));
server.listen(0, '127.0.0.1', () => console.log('Forwarding from 127.0.0.1:' + server.address().port + ' -> 15000'));
`);
    const { status, err } = await cluster.pc('clusters', 'web-1', '--via', 'kubectl');
    expect([status, err]).toEqual([2, expect.stringMatching(/^error\[PC1115\]: web-1\.shop: the answer to GET .* was cut after 11 bytes/)]);
  });

  test.each([
    ['fails with its words', '#!/bin/sh\necho "error: unable to forward port" >&2\nexit 1\n', 'error: unable to forward port'],
    ['says nothing in time', '#!/usr/bin/env node\nsetInterval(() => {}, 1000);\n', 'it opened no port within 0.4 s'],
  ])('%s where kubectl does', async (_name, script, words) => {
    install(script);
    const { status, err } = await cluster.pc('clusters', 'web-1', '--via', 'kubectl', '--timeout', '500ms');
    expect([status, err]).toEqual([2, expect.stringContaining('error[PC1122]: kubectl port-forward to web-1.shop failed')]);
    expect(err).toContain(words);
  });

  test('says so where there is no kubectl', async () => {
    process.env['PATH'] = cluster.folder;
    const { status, err } = await cluster.pc('clusters', 'web-1', '--via', 'kubectl');
    expect([status, err]).toEqual([2, expect.stringContaining('there is no kubectl on the PATH')]);
  });
});
