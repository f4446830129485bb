import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { json, jsonAnswers, text } from '../support/fake-admin.ts';
import { SECTIONS } from '../support/live-sections.ts';
import { projectRoot } from '../support/project-root.ts';
import { pod } from '../support/stand-in-api.ts';

const folder = join(projectRoot(), 'node_modules', '.cache', `leaves-nothing-${process.pid}`);
let cluster: TestCluster;

beforeAll(async () => {
  execFileSync(process.execPath, ['build.mjs', folder], { cwd: projectRoot() });
  const whole = jsonAnswers(SECTIONS, { '/clusters': { cluster_statuses: [] }, '/server_info': { version: 'x', state: 'LIVE', command_line_options: {} } });
  cluster = await startCluster({
    answer: (request, response) => {
      if (request.url?.startsWith('/logging')) text(response, 200, 'active loggers:\n  http: info\n');
      else if (request.url?.startsWith('/stats')) json(response, 200, { stats: [] });
      else whole(request, response);
    },
  });
  cluster.api.objects.pods.push(pod('web-1', { labels: { app: 'web' } }), pod('web-2', { labels: { app: 'web' } }));
  cluster.open('web-1:15000', 'web-2:15000');
  cluster.fault('web-3:15000', { kind: 'refused' });
  cluster.fault('web-4:15000', { kind: 'silent' });
  cluster.api.objects.pods.push(pod('web-3'), pod('web-4'));
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const COMMANDS: readonly (readonly [status: number, ...argv: string[]])[] = [
  [0, 'listeners', 'web-1'],
  [0, 'endpoints', 'web-1', '--timeout', '1h'],
  [0, 'clusters', '-l', 'app=web', '--all-pods'],
  [1, 'trace', 'http://web:8080/', 'web-1'],
  [0, 'status', '-l', 'app=web'],
  [0, 'log', 'web-1', '--level', 'http:debug'],
  [0, 'capture', '-l', 'app=web', '-o', join(folder, 'capture')],
  [2, 'listeners', 'web-3'],
  [2, 'listeners', 'nobody'],
  [2, 'listeners', '--url', 'http://127.0.0.1:1'],
];

describe('pc ends by itself, which it would not with a socket, a timer or a port left', () => {
  test.each(COMMANDS)('status %i: pc %s %s', async (status, ...words) => {
    const argv = words.map(String);
    const env = { PATH: process.env['PATH'] ?? '', KUBECONFIG: cluster.kubeconfig, XDG_STATE_HOME: cluster.folder };
    const ended = await new Promise<{ code: unknown; killed: boolean; err: string }>((resolve) => {
      // A connection that is kept alive would hold it for 4 seconds; what is silent, for 60.
      execFile(process.execPath, [join(folder, 'cli', 'main.js'), ...argv], { env, timeout: 30_000 }, (error, _out, err) =>
        resolve({ code: error?.code ?? 0, killed: error?.killed ?? false, err }),
      );
    });
    expect(ended).toMatchObject({ code: status, killed: false });
    expect(cluster.api.connections()).toBe(0);
    await cluster.admin.allClosed();
  });
});

test.each([
  ['a request that is not answered', ['listeners', 'web-4']],
  ['a watch', ['watch', 'web-1', '--trace', 'http://web:8080/']],
  ['a capture', ['capture', 'web-4', '-o', join(folder, 'stopped')]],
])('Ctrl-C ends %s at once, and every connection with it', async (_name, argv) => {
  const env = { PATH: process.env['PATH'] ?? '', KUBECONFIG: cluster.kubeconfig, XDG_STATE_HOME: cluster.folder };
  const forwarded = new Promise<void>((resolve) => {
    cluster.api.onForward = () => resolve();
  });
  const child = spawn(process.execPath, [join(folder, 'cli', 'main.js'), ...argv], { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await forwarded;
  child.kill('SIGINT');
  const [code, signal] = await ended;
  // A capture tidies up and says 130 itself; anything else is ended by the signal, which shells call 130 too.
  expect(code ?? signal).toBe(argv[0] === 'capture' ? 130 : 'SIGINT');
  await cluster.api.allClosed();
});

test('no command opens a local port unless it is asked to', async () => {
  const listen = vi.spyOn(Server.prototype, 'listen');
  try {
    for (const [, ...argv] of COMMANDS) await cluster.pc(...argv);
    expect(listen).not.toHaveBeenCalled();
  } finally {
    listen.mockRestore();
  }
});
