import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../../support/cluster.ts';
import { pod } from '../../support/stand-in-api.ts';

let cluster: TestCluster;
const NAMES = ['clusters', '-o', 'name'] as const;
const CLUSTERS = 'cluster/catalog\ncluster/catalog-v2\ncluster/users\n';

beforeEach(async () => {
  cluster = await startCluster();
  const { objects } = cluster.api;
  objects.pods.push(
    pod('web-1', { labels: { app: 'web', tier: 'front' }, since: '2026-03-01T00:00:00Z' }),
    pod('web-2', { labels: { app: 'web', tier: 'front' }, since: '2026-01-01T00:00:00Z' }),
    pod('web-3', { labels: { app: 'web', tier: 'front' }, ready: false, since: '2025-01-01T00:00:00Z' }),
    pod('gate-1', { labels: { 'gateway.networking.k8s.io/gateway-name': 'gate' } }),
    pod('job-1', { labels: { 'job-name': 'once' } }),
  );
  const web = (name: string, selector: object) => ({ metadata: { name, namespace: 'shop' }, spec: { selector } });
  Object.assign(objects, {
    deployments: [web('web', { matchLabels: { app: 'web' } }), web('empty', { matchLabels: { app: 'none' } })],
    statefulsets: [web('web', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'site'] }] })],
    daemonsets: [web('web', { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] })],
    replicasets: [web('web-7d9', { matchLabels: { app: 'web' } })],
    jobs: [web('once', { matchLabels: { 'job-name': 'once' } })],
    services: [web('web', { app: 'web' }), web('external', {})],
    gateways: [web('gate', {}), web('lone', {}), web('edge', {})],
  });
  cluster.open('web-1:15000', 'web-2:15000', 'web-3:15000', 'gate-1:15000', 'job-1:15000');
});
afterEach(() => cluster.stop());

describe('a target', () => {
  test.each([
    ['web-1', 'web-1'],
    ['web-1.shop', 'web-1'],
    ['pod/web-1', 'web-1'],
    ['po/web-1.shop', 'web-1'],
    ['deploy/web', 'web-2'],
    ['deployment/web.shop', 'web-2'],
    ['deployments.apps/web', 'web-2'],
    ['sts/web', 'web-2'],
    ['ds/web', 'web-2'],
    ['rs/web-7d9', 'web-2'],
    ['job/once', 'job-1'],
    ['svc/web', 'web-2'],
    ['gateway/gate', 'gate-1'],
  ])('%s leads to pod %s', async (target, name) => {
    const forwarded: string[] = [];
    cluster.api.onForward = (taken) => forwarded.push(taken);
    expect(await cluster.pc(...NAMES, target)).toMatchObject({ status: 0, out: CLUSTERS });
    expect(forwarded).toEqual([name]);
    await cluster.api.allClosed();
    await cluster.admin.allClosed();
  });

  test('-n and -l name it too', async () => {
    expect(await cluster.pc(...NAMES, 'web-1', '-n', 'shop')).toMatchObject({ status: 0, out: CLUSTERS });
    const { status, err } = await cluster.pc(...NAMES, '-l', 'app=web,tier!=back');
    expect([status, err]).toEqual([
      0,
      'note[PC1130]: -l app=web,tier!=back has 3 pods, 2 of them ready: took web-2 (ready the longest); --all-pods takes all\n',
    ]);
  });

  test('the pod that is taken, and why, is told on standard error', async () => {
    expect((await cluster.pc(...NAMES, 'deploy/web')).err).toBe(
      'note[PC1130]: deploy/web has 3 pods, 2 of them ready: took web-2 (ready the longest); --all-pods takes all\n',
    );
    expect((await cluster.pc(...NAMES, 'job/once')).err).toBe('note[PC1130]: job/once: pod job-1, its only one\n');
    expect((await cluster.pc(...NAMES, 'web-1')).err).toBe('');
  });

  test('of Envoy Gateway has its pods in another namespace', async () => {
    const labels = {
      'app.kubernetes.io/managed-by': 'envoy-gateway',
      'gateway.envoyproxy.io/owning-gateway-name': 'edge',
      'gateway.envoyproxy.io/owning-gateway-namespace': 'shop',
    };
    cluster.api.objects.pods.push(pod('envoy-edge', { namespace: 'envoy-gateway-system', container: 'envoy', labels }));
    cluster.api.ports.set('envoy-gateway-system/envoy-edge:19000', { to: cluster.admin.port });
    expect(await cluster.pc(...NAMES, 'gateway/edge')).toMatchObject({ status: 0, out: CLUSTERS });
  });

  test('cut short is enough on a terminal where one pod begins so, and is an error elsewhere', async () => {
    expect(await cluster.pcOnTerminal(...NAMES, 'gate')).toMatchObject({
      status: 0,
      out: CLUSTERS,
      err: 'note[PC1130]: gate: pod gate-1, the only one whose name begins so\n',
    });
    expect((await cluster.pcOnTerminal(...NAMES, 'web')).err).toMatch(
      /^error\[PC1109\]: web is the beginning of 3 pods' names\n {2}next {2}give one of web-1, web-2, web-3\n$/,
    );
    expect((await cluster.pc(...NAMES, 'gate')).err).toContain('error[PC1106]: there is no pod gate in namespace shop');
  });

  test('whose pod is replaced meanwhile leads to the new one', async () => {
    cluster.api.onForward = () => undefined;
    const { objects } = cluster.api;
    cluster.fault('web-2:15000', { kind: 'drop', after: 40 });
    cluster.api.onForward = (name) => {
      if (name === 'web-2') objects.pods = objects.pods.filter((p) => p.metadata.name !== 'web-2');
    };
    const { status, out, err } = await cluster.pc(...NAMES, 'deploy/web');
    expect([status, out]).toEqual([0, CLUSTERS]);
    expect(err).toContain('looking for the pod that took its place');
    expect(err).toContain('took web-1');
  });
});

describe('several pods', () => {
  test('make one table whose rows name their proxy', async () => {
    const { status, out, err } = await cluster.pc('listeners', 'deploy/web', '--all-pods');
    expect(status).toBe(0);
    expect(err).toBe('');
    expect(out.split('\n').map((line) => line.split(/\s+/).slice(0, 3).join(' '))).toEqual([
      'PROXY ADDRESSES PORT',
      'web-2.shop 0.0.0.0 8080',
      'web-1.shop 0.0.0.0 8080',
      'web-3.shop 0.0.0.0 8080',
      '',
    ]);
    const rows = JSON.parse((await cluster.pc('clusters', '-l', 'app=web', '--all-pods', '-o', 'rows')).out);
    expect(rows.rows).toHaveLength(9);
    expect(new Set(rows.rows.map((row: { proxy: string }) => row.proxy)).size).toBe(3);
  });

  test('are told apart on standard error where they make no table', async () => {
    const { out, err } = await cluster.pc(...NAMES, 'deploy/web', '--all-pods');
    expect(out).toBe(CLUSTERS.repeat(3));
    expect(err).toBe('proxy web-2.shop:\nproxy web-1.shop:\nproxy web-3.shop:\n');
  });

  test('of which one fails show the others, and say so', async () => {
    cluster.fault('web-1:15000', { kind: 'refused' });
    const { status, out, err } = await cluster.pc('listeners', 'deploy/web', '--all-pods');
    expect(status).toBe(0);
    expect(out).not.toContain('web-1.shop');
    expect(out).toContain('web-3.shop');
    expect(err).toContain('note[PC1134]: web-1.shop: nothing listens on port 15000');
  });

  test('are asked at the same time, but not all at once', async () => {
    for (let i = 0; i < 20; i++) {
      cluster.api.objects.pods.push(pod(`many-${i}`, { labels: { app: 'many' } }));
      cluster.open(`many-${i}:15000`);
    }
    const { out } = await cluster.pc(...NAMES, '-l', 'app=many', '--all-pods');
    expect(out).toBe(CLUSTERS.repeat(20));
    expect(cluster.api.mostForwards()).toBeGreaterThan(1);
    // Eight at a time; the server may see one end a moment after the next has begun.
    expect(cluster.api.mostForwards()).toBeLessThan(16);
    await cluster.api.allClosed();
  });
});

describe('the admin port', () => {
  test.each<[string, string, Record<string, string>, number]>([
    ['Istio', 'istio-proxy', {}, 15000],
    ['Consul', 'consul-dataplane', {}, 19000],
    ['Kuma', 'kuma-sidecar', {}, 9901],
    ['Envoy Gateway', 'envoy', { 'app.kubernetes.io/managed-by': 'envoy-gateway' }, 19000],
    ['Contour', 'envoy', { 'projectcontour.io/owning-gateway-name': 'contour' }, 9001],
    ['Cilium', 'cilium-envoy', {}, 9901],
    ['a plain Envoy', 'envoy', {}, 9901],
  ])('of %s is found from the pod', async (_product, container, labels, port) => {
    cluster.api.objects.pods.push(pod('p', { container, labels }));
    cluster.open(`p:${port}`);
    expect(await cluster.pc(...NAMES, 'p')).toMatchObject({ status: 0, out: CLUSTERS });
  });

  test('that the pod itself tells comes first, and --admin-port before that', async () => {
    const own = pod('p', { container: 'envoy' });
    const [app, envoy] = own.spec?.containers ?? [];
    const args = ['--config-yaml', 'admin: {address: {socket_address: {address: 127.0.0.1, port_value: 8001}}}'];
    cluster.api.objects.pods.push({ ...own, spec: { ...own.spec, containers: [app as never, { ...envoy, name: 'envoy', args }] } });
    cluster.open('p:8001', 'p:8002');
    expect((await cluster.pc(...NAMES, 'p')).status).toBe(0);
    cluster.api.ports.delete('shop/p:8001');
    expect((await cluster.pc(...NAMES, 'p', '--admin-port', '8002')).status).toBe(0);
    expect((await cluster.pc(...NAMES, 'p', '--admin-port', '0')).err).toContain('--admin-port 0 is not a port');
  });
});

describe('a target that leads nowhere', () => {
  test.each([
    [['deploy/wbe'], 'PC1106', 'there is no deploy wbe in namespace shop', 'did you mean deploy/web?'],
    [['webb'], 'PC1106', 'there is no pod webb in namespace shop', 'did you mean'],
    [['web-1', '-n', 'shopp'], 'PC1106', 'there is no namespace shopp', 'did you mean shop?'],
    [['deploy/empty'], 'PC1107', 'deploy/empty in namespace shop has no pods', 'is it scaled to 0?'],
    [['gateway/lone'], 'PC1107', 'gateway/lone in namespace shop has no pods', ''],
    [['svc/external'], 'PC1107', 'selects no pods by labels', 'name one of the pods'],
    [['-l', 'app=nobody'], 'PC1107', 'no pod in namespace shop has the labels app=nobody', 'kubectl get pods'],
    [['node/x'], 'PC1120', '"node" is no kind that pc finds pods by', 'pod/, svc/, deploy/'],
    [['no_name'], 'PC1120', 'is not a name', ''],
  ])('%j', async (argv, id, what, next) => {
    const { status, out, err } = await cluster.pc(...NAMES, ...argv);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(`error[${id}]: `);
    expect(err).toContain(what);
    expect(err).toContain(next);
    await cluster.api.allClosed();
  });

  test('a workload none of whose pods runs says what each of them does', async () => {
    cluster.api.objects.pods = [pod('web-1', { labels: { app: 'web' }, phase: 'Pending' }), pod('web-2', { labels: { app: 'web' }, phase: 'Failed' })];
    expect((await cluster.pc(...NAMES, 'deploy/web')).err).toContain('error[PC1108]: no pod of deploy/web runs (web-1: Pending, web-2: Failed)');
    expect((await cluster.pc(...NAMES, 'web-1')).err).toContain('error[PC1108]: pod web-1 does not run: Pending');
  });

  test('a pod without an Envoy, and a ztunnel', async () => {
    cluster.api.objects.pods.push(pod('bare', { container: 'logger' }), pod('zt', { labels: { app: 'ztunnel' } }));
    expect((await cluster.pc(...NAMES, 'bare')).err).toContain('error[PC1110]: bare.shop has no Envoy: its containers are app, logger');
    expect((await cluster.pc(...NAMES, 'zt')).err).toContain('error[PC1111]: zt.shop is a ztunnel');
  });
});
