import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { command } from '../../src/cli/commands/trace.ts';
import { loadProxy } from '../../src/cli/load-proxy.ts';
import { readObjects } from '../../src/cli/object-files.ts';
import { judgeBreak, type ObjectsVerdict } from '../../src/diagnostics/objects/judge-break.ts';
import { projectRoot } from '../support/project-root.ts';

const FOUNDING = join(projectRoot(), 'snapshots', 'founding-story-missing-subset');
const HOST = 'catalog.istioinaction.svc.cluster.local';
const CLUSTERS = ['version-v1', 'version-v2'].map((subset) => `outbound|80|${subset}|${HOST}`);
const folder = mkdtempSync(join(tmpdir(), 'pc-objects-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GATEWAY = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop-gateway, namespace: istioinaction}
spec:
  selector: {app: istio-ingressgateway}
  servers:
  - port: {number: 8080, name: http, protocol: HTTP}
    hosts: ["catalog.istioinaction.io"]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: catalog, namespace: istioinaction}
spec:
  hosts: ["catalog.istioinaction.io"]
  gateways: [shop-gateway]
`;

function rule(more: { namespace?: string; exportTo?: string; host?: string; v1?: string; names?: readonly [string, string] } = {}): string {
  const { namespace = 'istioinaction', exportTo, host = HOST, v1 = 'v1', names = ['version-v1', 'version-v2'] } = more;
  return `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: catalog, namespace: ${namespace}}
spec:
  host: ${host}${exportTo === undefined ? '' : `\n  exportTo: ${exportTo}`}
  subsets:
  - {name: ${names[0]}, labels: {version: ${v1}}}
  - {name: ${names[1]}, labels: {version: v2}}
`;
}

const PODS = ['v1', 'v2', 'v2']
  .map(
    (version, i) =>
      `\napiVersion: v1\nkind: Pod\nmetadata: {name: catalog-${i}, namespace: istioinaction, labels: {app: catalog, version: ${version}}}\nspec: {}\n`,
  )
  .join('---');

let files = 0;
async function judge(yaml: string, id = 'PC4001', authority = 'catalog.istioinaction.io'): Promise<ObjectsVerdict> {
  const file = join(folder, `${files++}.yaml`);
  writeFileSync(file, yaml);
  const verdict = judgeBreak({ id, authority, clusters: CLUSTERS }, await readObjects([file]), await loadProxy({ files: [FOUNDING] }));
  if (verdict === undefined) throw new Error('no verdict');
  return verdict;
}
const said = (verdict: ObjectsVerdict): string => [verdict.summary, ...verdict.sentences].join('\n');

describe('the founding story by its objects', () => {
  test('with Gateway and VirtualService alone, the missing DestinationRule is named', async () => {
    const verdict = await judge(GATEWAY);
    expect(verdict.mends).toBe(false);
    expect(said(verdict)).toContain(`no DestinationRule for host ${HOST}`);
  });

  test('with the right DestinationRule and the pods, the break would be mended', async () => {
    const verdict = await judge([GATEWAY, rule(), PODS].join('---'));
    expect(verdict.mends).toBe(true);
    expect(said(verdict)).toMatch(/would mend this break: both clusters[\s\S]*version=v1; 1 ready pod [\s\S]*version=v2; 2 ready pods /);
  });

  test('a short host name is the one of its namespace', async () => {
    expect((await judge(`${rule({ host: 'catalog' })}---${PODS}`)).mends).toBe(true);
    expect((await judge(`${rule({ host: 'catalog', namespace: 'istio-system' })}---${PODS}`)).mends).toBe(false);
  });

  test('a subset name that is misspelt', async () => {
    const verdict = await judge(`${rule({ names: ['versoin-v1', 'version-v2'] })}---${PODS}`);
    expect(verdict.mends).toBe(false);
    expect(said(verdict)).toMatch(/would mend "outbound\|80\|version-v2\|.*leave "outbound\|80\|version-v1\|/);
    expect(said(verdict)).toContain('does not define subset "version-v1"; it has "versoin-v1"');
  });

  test('exportTo ["."] in another namespace than the proxy’s', async () => {
    const verdict = await judge(`${rule({ exportTo: '["."]' })}---${PODS}`);
    expect(verdict.mends).toBe(false);
    expect(said(verdict)).toMatch(/DestinationRule istioinaction\/catalog is not seen by this proxy: exportTo \["."\] keeps it from namespace "istio-system"/);
  });

  test('a namespace that Istio does not look in', async () => {
    expect(said(await judge(`${rule({ namespace: 'elsewhere' })}---${PODS}`))).toContain('it lies in namespace "elsewhere"');
  });

  test('labels that match no pod, with those that are there', async () => {
    const verdict = await judge(`${rule({ v1: 'version-v1' })}---${PODS}`);
    expect(verdict.mends).toBe(false);
    expect(said(verdict)).toMatch(/no pod carries them: .*503 UH.*version is "v1" and "v2" there/);
  });

  test('pc trace --objects prints it, marked as not from the dump', async () => {
    const file = join(folder, 'fix.yaml');
    writeFileSync(file, `${rule()}---${PODS}`);
    const { fakeIo } = await import('../support/fake-io.ts');
    const { runCli } = await import('../../src/cli/run-cli.ts');
    const io = fakeIo();
    await runCli(['trace', 'http://catalog.istioinaction.io/items', '-f', FOUNDING, '--objects', file], io);
    expect(command.flags.objects.list).toBe(true);
    expect(io.stdout()).toMatch(/objects\[PC4001\] applied, the objects would mend this break[\s\S]*not by the dump/);
  });
});

describe('hosts and gateways', () => {
  test('a VirtualService that is bound to a Gateway which is not there', async () => {
    expect(said(await judge(GATEWAY.replace('[shop-gateway]', '[shop-gatway]'), 'PC3001'))).toContain(
      'hold no Gateway istioinaction/shop-gatway (the nearest is "shop-gateway")',
    );
  });
  test('a Gateway that selects other pods', async () => {
    expect(said(await judge(GATEWAY.replace('app: istio-ingressgateway', 'app: other'), 'PC3001'))).toContain('selects other pods (app=other)');
  });
  test('a host that no server has', async () => {
    expect(said(await judge(GATEWAY.replace('hosts: ["catalog.istioinaction.io"]\n---', 'hosts: ["x.io"]\n---'), 'PC3001'))).toContain('no server of Gateway');
  });
  test('a host that is misspelt', async () => {
    expect(said(await judge(GATEWAY, 'PC3001', 'catalogue.istioinaction.io'))).toContain('the nearest is for "catalog.istioinaction.io"');
  });
});
