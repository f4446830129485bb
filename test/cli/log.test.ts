import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { json, text } from '../support/fake-admin.ts';
import { fakeIo } from '../support/fake-io.ts';
import { pod } from '../support/stand-in-api.ts';

/** Envoy's /logging, as far as pc uses it. */
function logging(levels: Map<string, string>, knowsPaths: boolean) {
  return (query: URLSearchParams): [number, string] => {
    for (const [key, value] of query) {
      if (key === 'level') for (const name of levels.keys()) levels.set(name, value);
      else if (key === 'paths' && knowsPaths) for (const pair of value.split(',')) levels.set(pair.split(':')[0] ?? '', pair.split(':')[1] ?? '');
      else if (levels.has(key)) levels.set(key, value);
      else return [400, 'error: unknown logger name\n'];
    }
    return [200, `active loggers:\n${[...levels].map(([name, level]) => `  ${name}: ${level}\n`).join('')}`];
  };
}

let cluster: TestCluster;
let levels: Map<string, string>;
const start = async (knowsPaths = true): Promise<void> => {
  levels = new Map([
    ['admin', 'warning'],
    ['http', 'warning'],
    ['router', 'warning'],
    ['pool', 'error'],
  ]);
  const answer = logging(levels, knowsPaths);
  cluster = await startCluster({
    answer: (request, response) => {
      const url = new URL(request.url ?? '/', 'http://admin');
      if (url.pathname === '/logging' && request.method === 'POST') text(response, ...answer(url.searchParams));
      else if (url.pathname === '/server_info') json(response, 200, { command_line_options: { log_level: 'info', component_log_level: 'pool:error' } });
      else text(response, 405, 'method not allowed');
    },
  });
  cluster.api.objects.pods.push(pod('web-1', { labels: { app: 'web' } }), pod('web-2', { labels: { app: 'web' } }));
  cluster.open('web-1:15000');
};
const run = async (...argv: string[]) => {
  const io = fakeIo({ env: { KUBECONFIG: cluster.kubeconfig, XDG_STATE_HOME: cluster.folder, PATH: process.env['PATH'] } });
  return { status: await runCli(['log', ...argv], io), out: io.stdout(), err: io.stderr() };
};

beforeEach(() => start());
afterEach(() => cluster.stop());

describe('pc log', () => {
  test('lists loggers and levels', async () => {
    expect((await run('web-1')).out).toBe(
      'PROXY       LOGGER  LEVEL\nweb-1.shop  admin   warning\nweb-1.shop  http    warning\nweb-1.shop  router  warning\nweb-1.shop  pool    error\n',
    );
    await cluster.api.allClosed();
  });

  test('sets levels, and sets them back to what they were', async () => {
    expect((await run('web-1', '--level', 'http:debug,router=trace')).out).toBe(
      'PROXY       LOGGER  LEVEL  BEFORE\nweb-1.shop  http    debug  warning\nweb-1.shop  router  trace  warning\n',
    );
    await run('web-1', '--level', 'debug');
    expect([...levels.values()]).toEqual(['debug', 'debug', 'debug', 'debug']);
    await run('web-1', '--reset');
    expect([...levels.values()]).toEqual(['warning', 'warning', 'warning', 'error']);
  });

  test('sets back to the levels of the start where nothing is remembered', async () => {
    levels.set('http', 'trace');
    await run('web-1', '--reset');
    expect([...levels]).toEqual([
      ['admin', 'info'],
      ['http', 'info'],
      ['router', 'info'],
      ['pool', 'error'],
    ]);
  });

  test('sets one logger after the other where Envoy knows no paths', async () => {
    await cluster.stop();
    await start(false);
    await run('web-1', '--level', 'warning,http:debug,pool:debug');
    expect([...levels.values()]).toEqual(['warning', 'debug', 'warning', 'debug']);
  });

  test('takes every pod of a workload, and says which fail', async () => {
    cluster.api.objects['deployments'] = [{ metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'web' } } } }];
    const { status, out, err } = await run('deploy/web', '--level', 'http:debug');
    expect([status, out]).toEqual([0, expect.stringContaining('web-1.shop  http')]);
    expect(err).toContain('note[PC1134]: web-2.shop: nothing listens');
  });

  test.each([
    [['web-1', '--level', 'htp:debug'], 'PC1124', 'web-1.shop has no logger htp', 'did you mean http'],
    [['web-1', '--level', 'http:debgu'], 'PC1124', '"debgu" is not a level', 'did you mean debug?'],
    [['web-1', '--level', 'debug', '--reset'], 'PC1011', '--level and --reset', ''],
    [[], 'PC1011', 'no proxy is named', ''],
  ])('%j is refused', async (argv, id, what, next) => {
    const { status, out, err } = await run(...argv);
    expect([status, out]).toEqual([2, '']);
    for (const words of [`error[${id}]`, what, next]) expect(err).toContain(words);
    expect([...levels.values()]).toEqual(['warning', 'warning', 'warning', 'error']);
  });
});
