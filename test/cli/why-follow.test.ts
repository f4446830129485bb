import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { fakeIo } from '../support/fake-io.ts';
import { projectRoot } from '../support/project-root.ts';
import { pod, StandInLog } from '../support/stand-in-api.ts';

const line = (status: string, details: string, host = '10.0.0.7:8080', id = 'a'): string =>
  `[2026-11-21T10:00:00.000Z] "GET /items HTTP/1.1" ${status} ${details} - "-" 0 91 15 - "-" "curl" "${id}" "catalog" "${host}" outbound|80||catalog.shop.svc.cluster.local - 10.0.0.1:80 10.0.0.2:1 - default`;
const FINE = line('200 -', 'via_upstream');
const NO_HOST = line('503 UH', 'no_healthy_upstream', '-');
const SLOW = line('504 UT', 'response_timeout');
const RECORDED = gunzipSync(readFileSync(join(projectRoot(), 'test', 'accesslog', 'data', 'envoy-1.40-debug.log.gz')))
  .toString('utf8')
  .split('\n');

let folder: string;
let cluster: TestCluster;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pc-follow-'));
  cluster = await startCluster({ tokens: { good: 'me', poor: 'poor' }, may: (user, _verb, resource) => user !== 'poor' || resource !== 'pods/log' });
  cluster.api.objects.pods.push(pod('web-1', { labels: { app: 'web' } }), pod('web-2', { labels: { app: 'web' } }));
  cluster.api.objects['deployments'] = [{ metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'web' } } } }];
});
afterEach(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  /** Waits until standard output holds the text. */
  until(text: string | RegExp): Promise<void>;
  out(): string;
  err(): string;
  /** Ctrl-C, and the exit status. */
  stop(): Promise<number>;
  readonly done: Promise<number>;
}

function follow(user: string, ...argv: string[]): Running {
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, cluster.api.kubeconfig({ token: user }));
  const io = fakeIo({ env: { KUBECONFIG: kubeconfig } });
  const done = runCli(['why', ...argv, '--follow'], io);
  return {
    done,
    out: io.stdout,
    err: io.stderr,
    async until(text) {
      while (!(typeof text === 'string' ? io.stdout().includes(text) : text.test(io.stdout()))) await pause(5);
    },
    async stop() {
      process.emit('SIGINT');
      return await done;
    },
  };
}

async function written(log: StandInLog): Promise<void> {
  while (log.followed === 0) await pause(5);
}

function logOf(name: string): StandInLog {
  const log = new StandInLog();
  cluster.api.logs.set(`shop/${name}:istio-proxy`, log);
  return log;
}

describe('the log of a live pod', () => {
  test('each failure is told as it comes, the first of its kind in full, and Ctrl-C ends with the sum', async () => {
    const log = logOf('web-1');
    log.write(line('500 -', 'via_upstream'));
    const running = follow('good', 'web-1');
    await written(log);
    log.write(FINE, NO_HOST, FINE);
    await running.until('10:00:00.000  503 UH  GET catalog/items  → outbound|80||catalog.shop.svc.cluster.local');
    await running.until('pc explain UH');
    log.write(NO_HOST);
    await running.until(/10:00:00\.000 {2}503 UH[\s\S]*10:00:00\.000 {2}503 UH/);
    expect(await running.stop()).toBe(1);
    expect(running.out()).toContain('4 lines: 2 fine, 2 failed, 0 not understood');
    expect(running.out().match(/pc explain UH/g)).toHaveLength(1);
    expect(cluster.api.requests.at(-1)?.line).toBe('GET /api/v1/namespaces/shop/pods/web-1/log?container=istio-proxy&follow=true&tailLines=0');
    expect(process.listenerCount('SIGINT')).toBe(0);
    await cluster.api.allClosed();
  });

  test('lines of before are taken with --tail', async () => {
    const log = logOf('web-1');
    log.write(SLOW, NO_HOST);
    const running = follow('good', 'web-1', '--tail', '1');
    await running.until('503 UH');
    expect(running.out()).not.toContain('504 UT');
    await running.stop();
  });

  test('every pod of a workload, each line with its pod', async () => {
    const logs = [logOf('web-1'), logOf('web-2')];
    const running = follow('good', 'deploy/web', '--all-pods');
    for (const log of logs) await written(log);
    logs[0]?.write(NO_HOST);
    logs[1]?.write(SLOW);
    await running.until('web-1.shop  10:00:00.000  503 UH');
    await running.until('web-2.shop  10:00:00.000  504 UT');
    await running.stop();
  });

  test('a log at debug level: the story of the request, as soon as it is over', async () => {
    const log = logOf('web-1');
    const running = follow('good', 'web-1', '--id', 'req-500');
    await written(log);
    log.write(...RECORDED, FINE);
    await running.until(/504 {2}GET .*\/items\/slow[\s\S]*upstream timeout[\s\S]*downstream disconnected/);
    expect(await running.stop()).toBe(1);
  });

  test('where the container ends, pc ends as well', async () => {
    const log = logOf('web-1');
    const running = follow('good', 'web-1');
    await written(log);
    log.write(FINE);
    log.end();
    expect(await running.done).toBe(0);
    expect(running.out()).toContain('1 line: 1 fine');
  });

  test('as JSON, one document a line', async () => {
    const log = logOf('web-1');
    const running = follow('good', 'web-1', '-o', 'json');
    await written(log);
    log.write(SLOW, NO_HOST);
    await running.until('no_healthy_upstream');
    await running.stop();
    const documents = running
      .out()
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as { log: string; entry: { flags: string } });
    expect(documents.map((d) => [d.log, d.entry.flags])).toEqual([
      ['web-1.shop', 'UT'],
      ['web-1.shop', 'UH'],
    ]);
  });

  test('without the right to read logs, the rule that is missing is named', async () => {
    logOf('web-1');
    const running = follow('poor', 'web-1');
    expect(await running.done).toBe(2);
    expect(running.err()).toContain('error[PC1105]');
    expect(running.err()).toContain('{apiGroups: [""], resources: [pods/log], verbs: [get]}');
  });

  test('without --follow, the log so far is summed up', async () => {
    logOf('web-1').write(FINE, SLOW);
    const kubeconfig = join(folder, 'config');
    writeFileSync(kubeconfig, cluster.api.kubeconfig({ token: 'good' }));
    const io = fakeIo({ env: { KUBECONFIG: kubeconfig } });
    expect(await runCli(['why', 'deploy/web'], io)).toBe(1);
    expect(io.stdout()).toContain('2 lines: 1 fine, 1 failed');
    expect(cluster.api.requests.at(-1)?.line).toContain('/log?container=istio-proxy');
  });
});

describe('a file that grows', () => {
  test('new lines are told; a file that is rotated or cut short is read from its beginning', async () => {
    const file = join(folder, 'access.log');
    writeFileSync(file, `${SLOW}\n`);
    const running = follow('good', file);
    await pause(300);
    appendFileSync(file, `${NO_HOST.slice(0, 40)}`);
    await pause(250);
    appendFileSync(file, `${NO_HOST.slice(40)}\n`);
    await running.until('503 UH');
    renameSync(file, `${file}.1`);
    writeFileSync(file, `${line('502 UPE', 'protocol_error')}\n`);
    await running.until('502 UPE');
    writeFileSync(file, '');
    await pause(450);
    writeFileSync(file, `${line('418 FI', 'fault_filter_abort')}\n`);
    await running.until('418 FI');
    expect(await running.stop()).toBe(1);
    expect(running.out()).not.toContain('504 UT');
    expect(running.out()).toContain('3 lines: 0 fine, 3 failed');
  });

  test('lines in no known format are counted and shown', async () => {
    const file = join(folder, 'access.log');
    writeFileSync(file, '');
    const running = follow('good', file);
    await pause(300);
    appendFileSync(file, `what is this\n${NO_HOST}\n`);
    await running.until('503 UH');
    await running.stop();
    expect(running.err()).toContain('note[PC1051]: 1 line is in no format');
    expect(running.err()).toContain('what is this');
  });

  test('--tail without --follow takes the end of it', async () => {
    const file = join(folder, 'access.log');
    writeFileSync(file, `${SLOW}\n${FINE}\n${FINE}\n`);
    const io = fakeIo();
    expect(await runCli(['why', file, '--tail', '2'], io)).toBe(0);
    expect(io.stdout()).toContain('2 lines: 2 fine');
  });
});

test('--status, --path and --host choose lines of an access log too, and what they leave out is said', async () => {
  const file = join(folder, 'access.log');
  writeFileSync(file, `${SLOW}\n${FINE}\n${NO_HOST}\n${NO_HOST}\n`);
  const io = fakeIo();
  expect(await runCli(['why', file, '--status', '503'], io)).toBe(1);
  expect(io.stdout()).toContain('2 lines: 0 fine, 2 failed');
  expect(io.stderr()).toContain('2 lines are left out');
});

test('a file that is not there is told as a file, not looked for in a cluster', async () => {
  const io = fakeIo();
  expect(await runCli(['why', 'acess.log'], io)).toBe(2);
  expect(io.stderr()).toContain('error[PC1013]');
});
