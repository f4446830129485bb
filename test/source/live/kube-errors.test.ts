import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createAuthority } from '../../oracle/certificate.ts';
import { startCluster, type TestCluster } from '../../support/cluster.ts';
import { type AdminAnswer, text } from '../../support/fake-admin.ts';
import { pc as pcAnywhere } from '../../support/pc.ts';
import { type Authorizer, type PortFault, pod } from '../../support/stand-in-api.ts';

let cluster: TestCluster | undefined;
afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

async function startWithPod(options: Parameters<typeof startCluster>[0] = {}): Promise<TestCluster> {
  cluster = await startCluster(options);
  cluster.api.objects.pods.push(pod('web-1', { labels: { app: 'web' } }));
  cluster.api.objects['deployments'] = [{ metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { matchLabels: { app: 'web' } } } }];
  cluster.open('web-1:15000');
  return cluster;
}

function expectFailure(result: { status: number; out: string; err: string }, id: string, ...words: string[]): void {
  expect([result.status, result.out]).toEqual([2, '']);
  expect(result.err).toContain(`error[${id}]: `);
  expect(result.err).toContain('\n  next  ');
  for (const word of words) expect(result.err).toContain(word);
}

describe('kubeconfig', () => {
  test('none', async () => {
    const { pc } = await startWithPod();
    expectFailure(await pc('clusters', 'web-1', '--kubeconfig', '/nowhere/config'), 'PC1100', 'no kubeconfig: there is no file /nowhere/config');
    expectFailure(await pcAnywhere('clusters', 'web-1', '--kubeconfig', ''), 'PC1100');
  });

  test('that is no YAML', async () => {
    const { pc, folder } = await startWithPod();
    writeFileSync(join(folder, 'bad'), '{"contexts": [');
    expectFailure(await pc('clusters', 'web-1', '--kubeconfig', join(folder, 'bad')), 'PC1100', 'cannot be read');
  });

  test('without the context that is asked for', async () => {
    const { pc } = await startWithPod();
    expectFailure(await pc('clusters', 'web-1', '--context', 'prod'), 'PC1101', 'has no context "prod"', 'give one with --context: stand-in');
  });

  test('with an exec plugin that fails', async () => {
    const { pc } = await startWithPod({ user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'false', args: [] } } });
    expectFailure(await pc('clusters', 'web-1'), 'PC1119', 'the credentials of context stand-in could not be got');
  });

  test('with an exec plugin that works, and files merged as kubectl does', async () => {
    const credential = JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 'secret-1' } });
    const { kubeconfig, folder } = await startWithPod({
      tokens: { 'secret-1': 'jane' },
      user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'echo', args: [credential] } },
    });
    const first = join(folder, 'first');
    writeFileSync(first, JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters: [], contexts: [], users: [], 'current-context': 'stand-in' }));
    const { fakeIo } = await import('../../support/fake-io.ts');
    const { runCli } = await import('../../../src/cli/run-cli.ts');
    const io = fakeIo({ env: { KUBECONFIG: `${first}:${kubeconfig}:/nowhere`, PATH: process.env['PATH'] } });
    expect(await runCli(['clusters', 'web-1', '-o', 'name'], io)).toBe(0);
    expect(cluster?.api.requests.every((request) => request.user === 'jane')).toBe(true);
  });
});

describe('the API server', () => {
  test('that is not there', async () => {
    const { pc, api } = await startWithPod();
    await api.stop();
    expectFailure(await pc('clusters', 'web-1'), 'PC1102', `the API server ${api.url} (context stand-in) cannot be reached: the connection is refused`);
  });

  test('behind a proxy that is not there: the proxy is named, without its password', async () => {
    const { pc } = await startWithPod({ tls: createAuthority('stand-in').issue('api', {}), cluster: { 'proxy-url': 'http://jane:hush@127.0.0.1:1' } });
    const result = await pc('clusters', 'web-1');
    expectFailure(result, 'PC1102', 'cannot be reached through the proxy http://127.0.0.1:1: the connection is refused', 'proxy-url');
    expect(result.err).not.toContain('hush');
  });

  test('with a certificate that nobody trusts, and the same where its authority is named', async () => {
    const authority = createAuthority('stand-in');
    const tls = authority.issue('api', { dns: ['stand-in.example'] });
    const { pc } = await startWithPod({ tls });
    expectFailure(await pc('clusters', 'web-1'), 'PC1103', 'the certificate of the API server');
    await cluster?.stop();
    const ca = Buffer.from(authority.cert).toString('base64');
    const named = await startWithPod({ tls, cluster: { 'certificate-authority-data': ca, 'tls-server-name': 'stand-in.example' } });
    expect(await named.pc('clusters', 'web-1', '-o', 'name')).toMatchObject({ status: 0 });
    await named.stop();
    const wrong = await startWithPod({ tls, cluster: { 'certificate-authority-data': ca, 'tls-server-name': 'other.example' } });
    expectFailure(await wrong.pc('clusters', 'web-1'), 'PC1103', 'other.example');
  });

  test('that does not know the user (401)', async () => {
    const { pc } = await startWithPod({ tokens: { good: 'jane' }, user: { token: 'stale' } });
    expectFailure(await pc('clusters', 'web-1'), 'PC1104', 'does not accept the credentials of context stand-in (401: Unauthorized)');
  });

  test('that does not answer in time', async () => {
    const { pc, api } = await startWithPod();
    const { createServer } = await import('node:net');
    const silent = createServer(() => undefined);
    const port = Number(new URL(api.url).port);
    await api.stop();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    expectFailure(await pc('clusters', 'web-1', '--timeout', '200ms'), 'PC1116', 'does not answer in time');
    silent.close();
  });

  test.each<[string, readonly string[], Authorizer, readonly string[]]>([
    [
      'get pods',
      ['web-1'],
      (_u, _v, resource) => resource !== 'pods',
      ['your role may not get pods in namespace shop', 'User "admin" cannot get resource "pods"', 'verbs: [get, list]'],
    ],
    [
      'list pods',
      ['deploy/web'],
      (_u, verb, resource) => resource !== 'pods' || verb !== 'list',
      ['your role may not list pods in namespace shop', 'a Role with', 'a pod can be named by itself'],
    ],
    [
      'get deployments',
      ['deploy/web'],
      (_u, _v, resource) => resource !== 'deployments',
      ['may not get deployments', 'apiGroups: ["apps"]', 'a pod can be named without it'],
    ],
    [
      'get pods/portforward',
      ['web-1'],
      (_u, verb, resource) => resource !== 'pods/portforward' || verb === 'create',
      ['may not get pods/portforward', 'verbs: [get, create]', '--via kubectl'],
    ],
  ])('that forbids to %s (403)', async (_name, target, may, words) => {
    const { pc } = await startWithPod({ may });
    expectFailure(await pc('clusters', ...target), 'PC1105', 'docs/role.yaml', ...words);
    await cluster?.api.allClosed();
  });

  test('of 1.35 or later that forbids to create pods/portforward: the verb that is missing is named, though the server does not', async () => {
    const { pc } = await startWithPod({ asksForCreate: true, may: (_u, verb) => verb !== 'create' });
    const result = await pc('clusters', 'web-1');
    expectFailure(result, 'PC1105', 'your role may not create pods/portforward in namespace shop: pods "web-1" is forbidden\n', 'verbs: [get, create]');
    expect(result.err).not.toContain('--via kubectl');
    await cluster?.api.allClosed();
  });

  test('acts as another where --as and --as-group say so', async () => {
    const { pc, api } = await startWithPod();
    await pc('clusters', 'web-1', '--as', 'bob', '--as-group', 'ops', '--as-group', 'dev');
    expect(api.requests.map(({ user, groups }) => [user, groups])).toEqual([
      ['bob', ['ops', 'dev']],
      ['bob', ['ops', 'dev']],
    ]);
  });

  test.each([
    [
      'refuses to upgrade',
      { refuseUpgrade: { status: 400, body: '{"kind": "Status", "message": "Upgrade request required", "code": 400}' } },
      'PC1121',
      'opens no port-forward by WebSocket (status 400: Upgrade request required)',
    ],
    ['lets only the SPDY tunnel through', { protocols: ['SPDY/3.1+portforward.k8s.io'] }, 'PC1121', 'opens no port-forward by WebSocket (status 400'],
    ['takes the channels beside the SPDY tunnel', { protocols: ['SPDY/3.1+portforward.k8s.io', 'v4.channel.k8s.io'] }, undefined, ''],
    ['is behind a proxy that strips upgrades', { refuseUpgrade: { status: 200, body: '<html>' } }, 'PC1121', '--via kubectl'],
    [
      'has a kubelet that fails',
      { refuseUpgrade: { status: 500, body: '{"message": "error dialing backend: dial tcp 10.0.0.7:10250: connect: connection refused"}' } },
      'PC1118',
      'web-1.shop: the API server does not reach the node that the pod is on: dial tcp 10.0.0.7:10250: connect: connection refused',
    ],
    ['has another trouble', { refuseUpgrade: { status: 500, body: '{"message": "etcd is full"}' } }, 'PC1118', 'status 500: etcd is full'],
  ])('that %s', async (_name, options, id, words) => {
    const { pc } = await startWithPod(options);
    const result = await pc('clusters', 'web-1', '-o', 'name');
    if (id === undefined) expect(result.status).toBe(0);
    else expectFailure(result, id, words);
    await cluster?.api.allClosed();
  });
});

test('an admin port that refuses every request is told, also where each of them may be refused; a long mask is cut', async () => {
  const { pc } = await startWithPod({ answer: (request, s) => text(s, request.url?.startsWith('/config_dump') ? 503 : 404, 'no') });
  expectFailure(await pc('status', 'web-1'), 'PC1113', 'web-1.shop: GET /stats?');
  const masked = await startWithPod({ answer: (request, s) => (request.url?.startsWith('/config_dump') ? s.destroy() : text(s, 404, 'no')) });
  const { err } = await masked.pc('status', 'web-1');
  expect(err).toMatch(/the answer to GET \/config_dump\?resource=dynamic_listeners&mask=.{20,60}… was cut/);
});

describe('the port-forward', () => {
  test.each<[string, PortFault, string, string]>([
    ['to a port where nothing listens', { kind: 'refused' }, 'PC1112', 'web-1.shop: nothing listens on port 15000 inside the pod: the connection is refused'],
    ['to a pod that swallows everything', { kind: 'silent' }, 'PC1116', 'longer than the time limit of 0.3 s (0 bytes came)'],
    ['that reports an error before an answer', { kind: 'error', after: 0, message: 'lost connection to pod' }, 'PC1115', 'lost connection to pod'],
    ['that reports an error in the middle', { kind: 'error', after: 300, message: 'lost connection to pod' }, 'PC1115', 'was cut after'],
    ['that is closed in the middle', { kind: 'close', after: 300 }, 'PC1115', 'was cut after'],
    ['that is dropped in the middle', { kind: 'drop', after: 300 }, 'PC1115', 'the API server closed the connection'],
    ['that is closed in the head of the answer', { kind: 'close', after: 10 }, 'PC1115', 'was cut before an answer came'],
  ])('%s', async (_name, fault, id, words) => {
    const { pc, fault: break_ } = await startWithPod();
    break_('web-1:15000', fault);
    expectFailure(await pc('clusters', 'web-1', '--timeout', '300ms'), id, 'web-1.shop', words);
    await cluster?.api.allClosed();
    await cluster?.admin.allClosed();
  });

  test.each<[string, AdminAnswer, string, string]>([
    ['status 503', (_q, s) => text(s, 503, 'no'), 'PC1113', 'web-1.shop: GET /config_dump'],
    ['something else than JSON', (_q, s) => text(s, 200, 'hello'), 'PC1114', 'web-1.shop: the answer to GET /config_dump'],
    ['a web page', (_q, s) => text(s, 200, '<html>hi</html>'), 'PC1114', "static_clusters is not Envoy's: it is a web page, not admin output (it begins"],
  ])('to an admin port that answers with %s', async (_name, answer, id, words) => {
    const { pc } = await startWithPod({ answer });
    expectFailure(await pc('clusters', 'web-1'), id, words);
  });
});
