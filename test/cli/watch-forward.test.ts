import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { jsonAnswers } from '../support/fake-admin.ts';
import { fakeIo } from '../support/fake-io.ts';
import { configDump, connectionManager, host, httpListener, cluster as staticCluster } from '../support/http-builders.ts';
import { pod } from '../support/stand-in-api.ts';

/** Runs pc and calls `on` with each piece of its output. */
async function pcWith(cluster: TestCluster, on: (text: string) => void, ...argv: string[]) {
  const io = fakeIo({ env: { KUBECONFIG: cluster.kubeconfig, PATH: process.env['PATH'] } });
  const status = await runCli(argv, {
    ...io,
    out: (text) => {
      io.out(text);
      on(String(text));
    },
  });
  return { status, out: io.stdout(), err: io.stderr() };
}

function fetchStatus(url: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString('utf8');
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

let cluster: TestCluster;
let dump: unknown;
const listeners = [httpListener(connectionManager({ name: 'web', virtual_hosts: [host('all', '*')] }))];

beforeEach(async () => {
  dump = configDump({ listeners });
  const other = jsonAnswers({}, { '/clusters': { cluster_statuses: [] }, '/server_info': { version: 'x', state: 'LIVE', command_line_options: {} } });
  cluster = await startCluster({
    answer: (asked, response) => {
      if (asked.url?.startsWith('/config_dump')) response.writeHead(200).end(JSON.stringify(dump));
      else other(asked, response);
    },
  });
  cluster.api.objects.pods.push(pod('web-1', { labels: { app: 'web' } }));
  cluster.open('web-1:15000');
});
afterEach(() => cluster.stop());

const WATCH = ['watch', 'web-1', '--trace', 'http://127.0.0.1:8080/', '--interval', '5ms'] as const;

describe('pc watch', () => {
  test('tells the first verdict, then only changes, and ends at the one that is waited for', async () => {
    let looks = 0;
    cluster.api.onForward = () => {
      if (++looks === 4) dump = configDump({ listeners, clusters: [staticCluster('a')] });
    };
    const { status, out } = await pcWith(cluster, () => undefined, ...WATCH, '--until', 'forwarded');
    expect(status).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^broken NC 503 \(cluster_not_found\)$/);
    expect(lines[1]).toMatch(/^broken NC 503 \(cluster_not_found\) → forwarded to a \(1 endpoint\)$/);
    expect(looks).toBeGreaterThanOrEqual(4);
    await cluster.api.allClosed();
  });

  test('goes on where the proxy cannot be asked for a while', async () => {
    let looks = 0;
    cluster.api.onForward = () => {
      looks++;
      if (looks === 2) cluster.fault('web-1:15000', { kind: 'refused' });
      if (looks === 4) {
        dump = configDump({ listeners, clusters: [staticCluster('a')] });
        cluster.open('web-1:15000');
      }
    };
    const { status, out } = await pcWith(cluster, () => undefined, ...WATCH, '--until', 'forwarded');
    expect(status).toBe(0);
    expect(out).toContain('→ not known: web-1.shop: nothing listens on port 15000');
    expect(out).toMatch(/→ forwarded to a/);
  });

  test.each([
    [['watch', 'web-1'], '--trace is missing'],
    [['watch', '--trace', 'http://a/'], 'no proxy is named'],
    [[...WATCH, '--interval', 'soon'], '--interval soon is not a time'],
    [['watch', 'nobody', '--trace', 'http://a/'], 'there is no pod nobody'],
  ])('%j is refused', async (argv, words) => {
    const { status, err } = await pcWith(cluster, () => undefined, ...argv);
    expect([status, err]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe.each(['forward', 'dashboard'])('pc %s', (command) => {
  const more = command === 'dashboard' ? ['--browser=false'] : [];

  test('opens a port of 127.0.0.1 until it is stopped, and then leaves nothing', async () => {
    let url = '';
    let answer: Promise<{ readonly status: number }> | undefined;
    const { status, out } = await pcWith(
      cluster,
      (text) => {
        url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
        answer = Promise.all([fetchStatus(`${url}/server_info`), fetchStatus(`${url}/config_dump`)]).then(([first]) => {
          process.emit('SIGINT');
          return first;
        });
      },
      command,
      'web-1',
      ...more,
    );
    expect(status).toBe(0);
    expect(out).toContain('the admin interface of web-1.shop');
    expect(await answer).toMatchObject({ status: 200 });
    await expect(fetchStatus(url)).rejects.toThrow('ECONNREFUSED');
    await cluster.api.allClosed();
    await cluster.admin.allClosed();
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  test('says so where nothing listens in the pod', async () => {
    cluster.fault('web-1:15000', { kind: 'refused' });
    const { status, err } = await pcWith(cluster, () => undefined, command, 'web-1', ...more);
    expect([status, err]).toEqual([2, expect.stringContaining('error[PC1112]')]);
  });

  test('says so where the port is taken', async () => {
    const { status, err } = await pcWith(cluster, () => undefined, command, 'web-1', '-p', String(cluster.admin.port), ...more);
    expect([status, err]).toEqual([2, expect.stringContaining('another program has it')]);
    await cluster.api.allClosed();
  });
});

describe('pc trace', () => {
  test('takes one proxy by --from or as an argument, not both', async () => {
    const { status, err } = await cluster.pc('trace', 'http://web:8080/', 'web-1', '--from', 'deploy/web');
    expect([status, err]).toEqual([2, expect.stringContaining('error[PC1011]: --from deploy/web and the target web-1 are both named')]);
  });

  test('takes its proxy from --from, from the second argument, or from the only one beside --curl', async () => {
    dump = configDump({ listeners, clusters: [staticCluster('a')] });
    const url = 'http://127.0.0.1:8080/';
    for (const argv of [
      [url, 'web-1'],
      [url, '--from', 'pod/web-1'],
      ['--curl', `curl ${url}`, 'web-1'],
    ]) {
      const { status, out, err } = await pcWith(cluster, () => undefined, 'trace', ...argv);
      expect([status, err]).toEqual([0, '']);
      expect(out).toContain('forwarded to a');
    }
  });
});
