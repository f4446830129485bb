import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { projectRoot } from '../support/project-root.ts';

const DUMP = join(projectRoot(), 'snapshots', 'founding-story-missing-subset');
const TRACE = ['trace', 'http://catalog.istioinaction.io/items', '-f', DUMP, '--objects', 'live'];
const HOST = 'catalog.istioinaction.svc.cluster.local';

let cluster: TestCluster;
let allowed: (resource: string, namespace: string) => boolean;
beforeEach(async () => {
  allowed = () => true;
  cluster = await startCluster({
    may: (_user, _verb, resource, namespace) => allowed(resource, namespace),
    versions: { destinationrules: 'v1beta1', sidecars: 'v1alpha3', grpcroutes: 'v1alpha2' },
  });
});
afterEach(() => cluster.stop());

const rule = (names: readonly string[]): object => ({
  metadata: { name: 'catalog', namespace: 'istioinaction' },
  spec: { host: 'catalog', subsets: names.map((name) => ({ name, labels: { version: name.replace('version-', '') } })) },
});

describe('pc trace --objects live', () => {
  test('reads what the cluster has, in the version that it serves: the rule is not there', async () => {
    const { status, out, err } = await cluster.pc(...TRACE);
    expect([status, err]).toEqual([1, '']);
    expect(out).toContain('objects[PC4001] the objects tell the cause:');
    expect(out.replace(/\s+/g, ' ')).toContain(`the cluster has no DestinationRule for host ${HOST}`);
    expect(out).toContain('(by the objects in the cluster, not by the dump)');
  });

  test('the rule is there: the proxy has not got it', async () => {
    cluster.api.objects['destinationrules'] = [rule(['version-v1', 'version-v2'])];
    const { out } = await cluster.pc(...TRACE);
    expect(out.replace(/\s+/g, ' ')).toContain('the objects are in the cluster, and the proxy has not got both clusters');
    const lines = cluster.api.requests.map(({ line }) => line.split('?')[0]);
    expect(lines).toContain('GET /apis/networking.istio.io/v1beta1/destinationrules');
    expect(lines).toContain('GET /api/v1/namespaces/istioinaction/pods');
  });

  test('a file on top: what would be applied counts before what is there', async () => {
    cluster.api.objects['destinationrules'] = [rule(['version-v1', 'version-x'])];
    const file = join(cluster.folder, 'fix.yaml');
    writeFileSync(file, JSON.stringify({ kind: 'DestinationRule', apiVersion: 'networking.istio.io/v1', ...rule(['version-v1', 'version-v2']) }));
    const { out } = await cluster.pc(...TRACE, '--objects', file);
    expect(out).toContain('applied, the objects would mend this break');
  });

  test('a role without the whole mesh: the namespaces in question are read', async () => {
    allowed = (_resource, namespace) => namespace !== '';
    cluster.api.objects['destinationrules'] = [rule(['version-v1'])];
    const { out, err } = await cluster.pc(...TRACE);
    expect(err).toBe('');
    expect(out.replace(/\s+/g, ' ')).toContain('does not define subset "version-v2"; it has "version-v1"');
  });

  test('a kind that may not be read is named, and nothing is concluded from its absence', async () => {
    allowed = (resource) => resource !== 'destinationrules';
    const { status, out, err } = await cluster.pc(...TRACE);
    expect(status).toBe(1);
    expect(err).toContain('note[PC1135]: DestinationRule objects are left out: your role may not list destinationrules');
    expect(out.replace(/\s+/g, ' ')).toContain('cannot be told: they could not be read');
  });

  test('a cluster that cannot be reached ends the command', async () => {
    await cluster.api.stop();
    const { status, err } = await cluster.pc(...TRACE);
    expect([status, err]).toEqual([2, expect.stringContaining('error[PC1102]')]);
  });

  test('as JSON, the verdicts stand beside the answer', async () => {
    const { out } = await cluster.pc(...TRACE, '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({
      objects: [{ id: 'PC4001', mends: false, leaves: [expect.stringContaining('(20 %)'), expect.stringContaining('(80 %)')] }],
    });
  });
});
