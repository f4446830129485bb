import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { jsonAnswers } from '../support/fake-admin.ts';
import { type Authorizer, pod } from '../support/stand-in-api.ts';

const CLUSTER = 'outbound|80||catalog.shop.svc.cluster.local';
const socket = (address: string, port: number) => ({ endpoint: { address: { socket_address: { address, port_value: port } } } });
const assignment = (name: string, ...hosts: [string, number][]) => ({
  endpoint_config: {
    '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
    cluster_name: name,
    endpoints: [{ lb_endpoints: hosts.map(([address, port]) => socket(address, port)) }],
  },
});

let cluster: TestCluster;
let may: Authorizer;

beforeEach(async () => {
  may = () => true;
  cluster = await startCluster({
    may: (...question) => may(...question),
    answer: jsonAnswers(
      {
        EndpointsConfigDump: [
          assignment(CLUSTER, ['10.0.0.1', 80], ['10.0.0.9', 80]),
          assignment('outside', ['192.0.2.1', 443]),
          assignment('node', ['10.1.0.1', 9100]),
        ],
      },
      { '/clusters': { cluster_statuses: [] } },
    ),
  });
  const host = (name: string, containerPort: number) => {
    const own = pod(name, { namespace: 'infra', ip: '10.1.0.1' });
    return { ...own, spec: { ...own.spec, containers: [{ name: 'c', ports: [{ containerPort }] }] } };
  };
  cluster.api.objects.pods.push(
    pod('web-1'),
    pod('catalog-1', { ip: '10.0.0.1' }),
    pod('done', { ip: '10.0.0.9', phase: 'Succeeded' }),
    host('exporter', 9100),
    host('proxy', 9200),
  );
  cluster.open('web-1:15000');
});
afterEach(() => cluster.stop());

/** `ENDPOINT POD` of each row. */
const rows = (out: string) =>
  out
    .trim()
    .split('\n')
    .slice(1)
    .map((line) =>
      line
        .split(/\s{2,}/)
        .slice(0, 2)
        .join(' '),
    );

describe('pc endpoints of a pod', () => {
  test('names the pod of each endpoint, and says which have none any more', async () => {
    const { out, err } = await cluster.pc('endpoints', 'web-1');
    expect(rows(out)).toEqual(['10.0.0.1:80 catalog-1.shop', '10.0.0.9:80 (no pod)', '10.1.0.1:9100 exporter.infra', '192.0.2.1:443 -']);
    expect(err).toContain('note[PC1132]: 1 endpoint belongs to no pod any more: 10.0.0.9:80\n');
    expect((await cluster.pc('endpoints', 'web-1', '-o', 'wide')).out).toMatch(/catalog-1\.shop.*node-1/);
  });

  test('asks for the pods by one call', async () => {
    await cluster.pc('endpoints', 'web-1');
    expect(cluster.api.requests.filter(({ line }) => line.startsWith('GET /api/v1/pods')).length).toBe(1);
  });

  test('names those of its namespace where the role lets no others be listed, and makes no guess about the rest', async () => {
    may = (_user, verb, resource, namespace) => resource !== 'pods' || verb !== 'list' || namespace === 'shop';
    expect(rows((await cluster.pc('endpoints', 'web-1')).out)).toEqual(['10.0.0.1:80 catalog-1.shop', '10.0.0.9:80 -', '10.1.0.1:9100 -', '192.0.2.1:443 -']);
  });

  test('leaves the names out, with a word, where the role lets none be listed', async () => {
    may = (_user, verb, resource) => resource !== 'pods' || verb !== 'list';
    const { status, out, err } = await cluster.pc('endpoints', 'web-1');
    expect(status).toBe(0);
    expect(out).not.toContain('POD');
    expect(err).toContain('note[PC1131]: the names of pods are left out: your role may not list pods in namespace shop');
  });

  test("prints istioctl's table without them", async () => {
    expect((await cluster.pc('endpoints', 'web-1', '--compat', 'istioctl')).out).not.toContain('POD');
  });
});
