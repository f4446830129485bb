import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { command } from '../../src/cli/commands/trace.ts';
import { loadProxy } from '../../src/cli/load-proxy.ts';
import { readObjects } from '../../src/cli/object-files.ts';
import { judgeAnswer, type ObjectsVerdict } from '../../src/diagnostics/objects/judge-break.ts';
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

const REQUEST = {
  authority: 'catalog.istioinaction.io',
  method: 'GET',
  path: '/items',
  sni: undefined,
  listener: '0.0.0.0_8080',
  routeConfig: 'http.8080',
  port: 8080,
};

interface Case {
  readonly id?: string;
  readonly clusters?: readonly (string | null)[];
  readonly request?: Partial<typeof REQUEST> | { readonly sni: string };
  readonly from?: string;
  readonly verdict?: string;
  /** The objects are those of the cluster. */
  readonly applied?: boolean;
  readonly unread?: readonly string[];
}

let files = 0;
async function verdictsOn(
  yaml: string,
  { id = 'PC4001', clusters = CLUSTERS, request = {}, from = FOUNDING, verdict = 'broken', applied = false, unread = [] }: Case = {},
) {
  const file = join(folder, `${files++}.yaml`);
  writeFileSync(file, yaml);
  const outcomes = clusters.map((cluster, i) => ({
    verdict,
    break: id === '' ? null : id,
    cluster,
    probability: clusters.length === 2 ? ([0.2, 0.8][i] ?? null) : 1,
    route_config: 'http.8080',
    virtual_host: id === '' && cluster === null ? 'block_all' : null,
  }));
  const set = { objects: readObjects([file]), isApplied: applied, unread: new Set(unread) };
  return judgeAnswer({ ...REQUEST, ...request }, outcomes, set, await loadProxy({ files: [from] }));
}

async function judge(yaml: string, id = 'PC4001', authority = 'catalog.istioinaction.io'): Promise<ObjectsVerdict> {
  const [verdict] = await verdictsOn(yaml, { id, clusters: id === 'PC4001' ? CLUSTERS : [null], request: { authority } });
  if (verdict === undefined) throw new Error('no verdict');
  return verdict;
}

/** All that is said of a case: id, what it comes to, the sentences. */
async function words(yaml: string, of: Case): Promise<string> {
  return (await verdictsOn(yaml, of)).map(({ id, mends, summary, sentences }) => [`${id} ${mends}`, summary, ...sentences].join('\n')).join('\n');
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

const SIDECAR = join(projectRoot(), 'snapshots', 'webapp-sidecar-registry-only');
const object = (kind: string, name: string, spec: string, { api = 'networking.istio.io/v1', namespace = 'istioinaction', more = '' } = {}): string =>
  `apiVersion: ${api}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}${more}}\nspec: ${spec}\n`;
const SERVICE = object('Service', 'catalog', '{selector: {app: catalog}, ports: [{name: http, port: 80, targetPort: 3000}]}', { api: 'v1' });
const podWith = (labels: string, status = '', ports = '[{name: http, containerPort: 3000}]'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: catalog-1, namespace: istioinaction, labels: ${labels}}\nspec: {containers: [{name: app, ports: ${ports}}]}\n${status}`;
const all = (...documents: readonly string[]): string => documents.join('---\n');
const WHOLE = `outbound|80||${HOST}`;

describe('what the founding story leaves, and what the cluster itself has', () => {
  test('one arm mended: the share that is left is told', async () => {
    const [verdict] = await verdictsOn(all(rule({ names: ['version-v1', 'other'] }), PODS));
    expect(verdict?.leaves).toEqual([`"outbound|80|version-v2|${HOST}" (80 %)`]);
    expect(verdict?.summary).toContain('(20 %), and leave');
  });

  test('the rule is in the cluster and the proxy has not got it', async () => {
    expect(await words(all(rule(), PODS), { applied: true })).toMatch(
      /PC4001 true\nthe objects are in the cluster, and the proxy has not got both clusters: the control plane/,
    );
  });

  test('a rule younger than the last change of the proxy: the dump is stale', async () => {
    const young = rule().replace('name: catalog,', 'name: catalog, creationTimestamp: "2999-01-01T00:00:00Z",');
    expect(await words(all(young, PODS), { applied: true })).toMatch(/DestinationRule istioinaction\/catalog is of 2999.*it is stale/);
  });

  test('a listener that Envoy rejected: its reason', async () => {
    const from = join(projectRoot(), 'snapshots', 'listener-rejected');
    const gateway = GATEWAY.replace('selector: {app: istio-ingressgateway}', 'selector: {}').replace('number: 8080', 'number: 8081');
    const said = await words(gateway, { id: 'PC2001', clusters: [null], from, applied: true, request: { port: 8081, listener: '0.0.0.0_8081' } });
    expect(said).toContain('the proxy has not got what they ask for: Envoy rejected listener "0.0.0.0_8081": error adding listener');
  });

  test('rules that may not be read prove nothing by their absence', async () => {
    const said = await words(GATEWAY, { applied: true, unread: ['DestinationRule'] });
    expect(said).toContain('cannot be told: they could not be read');
    expect(said).not.toContain('no DestinationRule for host');
  });

  test('a selector that is another workload’s', async () => {
    const selective = rule({ namespace: 'istio-system' }).replace('spec:', 'spec:\n  workloadSelector: {matchLabels: {app: other}}');
    expect(await words(selective, {})).toContain('its workload selector (app=other) selects other workloads');
  });

  test('pods with the labels that are not ready', async () => {
    const pod = podWith('{app: catalog, version: v1}', 'status: {conditions: [{type: Ready, status: "False", reason: ContainersNotReady}]}\n');
    expect(await words(all(rule(), pod), { clusters: CLUSTERS.slice(0, 1) })).toMatch(/none is ready: catalog-1 \(not ready: ContainersNotReady\)/);
  });
});

describe('a Service and what stands behind it', () => {
  const of: Case = { id: 'PC5001', clusters: [WHOLE] };
  test.each([
    ['no pod has its labels', all(SERVICE, podWith('{app: catalogue}')), /no pod has the labels of its selector \(app=catalog\); app is "catalogue" there/],
    [
      'none is ready',
      all(SERVICE, podWith('{app: catalog}', 'status: {conditions: [{type: Ready, status: "False", reason: Unhealthy}]}\n')),
      /1 pod of its selector, none ready/,
    ],
    [
      'targetPort names no port',
      all(SERVICE.replace('targetPort: 3000', 'targetPort: web'), podWith('{app: catalog}')),
      /targetPort "web" is no port of its pods; they have http 3000/,
    ],
    ['all is well by the objects', all(SERVICE, podWith('{app: catalog}')), /do not agree: the endpoints that they speak of have not come/],
    ['no pod is known', SERVICE, /cannot be told without Pods/],
  ])('%s', async (_, yaml, said) => {
    expect(await words(yaml, of)).toMatch(said);
  });

  test.each([
    [
      'is not there',
      object('Service', 'catalogue', '{ports: [{port: 80}]}', { api: 'v1' }),
      /no Service or ServiceEntry for host catalog\.istioinaction.*nearest is "catalogue\.istioinaction/,
    ],
    ['has another port', SERVICE.replace('port: 80,', 'port: 8080,'), /has no port 80; it has 8080 \(http\)/],
    [
      'is asked for by its targetPort',
      SERVICE.replace('port: 80, targetPort: 3000', 'port: 81, targetPort: 80'),
      /80 is the targetPort of its port 81: routes name the port of the Service, 81/,
    ],
    [
      'is not exported',
      SERVICE.replace('istioinaction}', 'istioinaction, annotations: {networking.istio.io/exportTo: "."}}'),
      /not seen by this proxy: exportTo \["\."\]/,
    ],
    ['is among no Services at all', GATEWAY, /there is no Service among them, so that it may well exist/],
  ])('a Service that %s', async (_, yaml, said) => {
    expect(await words(yaml, { clusters: [WHOLE] })).toMatch(said);
  });

  test('a port that no container names, where the request is forwarded', async () => {
    const pod = podWith('{app: catalog}', '', '[{containerPort: 3000}]');
    const said = await words(all(SERVICE.replace('targetPort: 3000', 'targetPort: 9999'), pod), { id: '', verdict: 'forwarded', clusters: [WHOLE] });
    expect(said).toMatch(/PC5004[\s\S]*sends port 80 to targetPort 9999; its pods name 3000/);
  });
});

describe('what a sidecar may see', () => {
  const of: Case = { id: 'PC5001', clusters: ['BlackHoleCluster'], from: SIDECAR, request: { authority: 'httpbin.org:8000' } };
  const entry = (more = ''): string => object('ServiceEntry', 'httpbin', `{hosts: [httpbin.org], ports: [{number: 8000, name: http}], resolution: DNS${more}}`);

  test('no ServiceEntry is for the host', async () => {
    expect(await words(entry().replaceAll('httpbin', 'httpbim'), of)).toMatch(
      /no Service or ServiceEntry for host httpbin\.org; the nearest is "httpbim\.org"/,
    );
  });
  test('a ServiceEntry with another port', async () => {
    expect(await words(entry().replace('8000', '80'), of)).toContain('ServiceEntry istioinaction/httpbin has no port 8000; it has 80 (http)');
  });
  test('a ServiceEntry that is exported elsewhere', async () => {
    expect(await words(entry(', exportTo: [other]'), of)).toContain('exportTo ["other"] keeps it from namespace "istioinaction"');
  });
  test('a Sidecar whose egress leaves the host out', async () => {
    const sidecar = object('Sidecar', 'default', '{egress: [{hosts: ["./catalog.istioinaction.svc.cluster.local", "istio-system/*"]}]}');
    expect(await words(all(entry(), sidecar), of)).toMatch(
      /egress of Sidecar istioinaction\/default lets this proxy see .* only: add "istioinaction\/httpbin\.org" to its hosts/,
    );
    expect(await words(all(entry(), sidecar.replace('istio-system/*', '*/*')), of)).toContain('resolution DNS');
  });
  test('a Sidecar of another workload does not count', async () => {
    const sidecar = object('Sidecar', 'other', '{workloadSelector: {labels: {app: other}}, egress: [{hosts: ["~/*"]}]}');
    expect(await words(all(entry(), sidecar), of)).toContain('resolution DNS');
  });
  test('a request that REGISTRY_ONLY answers with 502', async () => {
    expect(await words(GATEWAY, { ...of, id: '', verdict: 'answered', clusters: [null] })).toMatch(/PC3007 false[\s\S]*httpbin\.org/);
  });
});

describe('gateways of Istio', () => {
  const of: Case = { id: 'PC3001', clusters: [null] };
  test('a VirtualService in another namespace, bound by the short name of the Gateway', async () => {
    const moved = GATEWAY.replace(
      'kind: VirtualService\nmetadata: {name: catalog, namespace: istioinaction}',
      'kind: VirtualService\nmetadata: {name: catalog, namespace: shop}',
    );
    expect(await words(moved, of)).toContain('no Gateway shop/shop-gateway, but Gateway istioinaction/shop-gateway: write it as "istioinaction/shop-gateway"');
  });
  test('a server that takes VirtualServices of its own namespace only', async () => {
    const own = GATEWAY.replace('hosts: ["catalog.istioinaction.io"]\n---', 'hosts: ["./catalog.istioinaction.io"]\n---');
    expect(await words(own, of)).toContain('which serves "catalog.istioinaction.io" here');
    const moved = own
      .replace('metadata: {name: catalog, namespace: istioinaction}', 'metadata: {name: catalog, namespace: shop}')
      .replace('[shop-gateway]', '[istioinaction/shop-gateway]');
    expect(await words(moved, of)).toContain('has host "catalog.istioinaction.io" for namespace "shop"');
  });
  test('exportTo of the VirtualService', async () => {
    expect(await words(GATEWAY.replace('  gateways:', '  exportTo: ["."]\n  gateways:'), of)).toContain('keeps it from namespace "istio-system"');
  });
  test('a server on another port, by the Service of the gateway', async () => {
    const gateway = object(
      'Service',
      'istio-ingressgateway',
      '{selector: {app: istio-ingressgateway}, ports: [{port: 443, targetPort: 8443}, {port: 80, targetPort: 8080}]}',
      { api: 'v1', namespace: 'istio-system' },
    );
    expect(await words(all(GATEWAY.replace('number: 8080', 'number: 443'), gateway), of)).toContain('on port 443, and this request came to port 8080');
    expect(await words(all(GATEWAY.replace('number: 8080', 'number: 80'), gateway), of)).toContain('which serves');
  });
  test('for sidecars only', async () => {
    expect(await words(GATEWAY.replace('[shop-gateway]', '[mesh]'), of)).toContain('is for sidecars only');
  });
  test('no listener: the Gateway selects other pods, or has another port', async () => {
    const no: Case = { id: 'PC2001', clusters: [null], request: { port: 9000 } };
    expect(await words(GATEWAY.replace('app: istio-ingressgateway', 'istio: egress'), no)).toMatch(
      /selects other pods \(istio=egress\); this proxy has .*app=istio-ingressgateway/,
    );
    expect(await words(GATEWAY, no)).toContain('Gateway istioinaction/shop-gateway has port 8080, and the client calls 9000');
    expect(await words(SERVICE, no)).toContain('no Gateway for this proxy');
  });
  test('a server name that no TLS server has', async () => {
    const tls = GATEWAY.replace('port: {number: 8080', 'tls: {mode: SIMPLE}\n    port: {number: 8443');
    const no: Case = { id: 'PC2002', clusters: [null], request: { sni: 'shop.example' } };
    expect(await words(tls, no)).toContain('no TLS server of Gateway istioinaction/shop-gateway has host "shop.example"; they have "catalog.istioinaction.io"');
    expect(await words(tls.replace('SIMPLE', 'MUTUAL'), { ...no, request: { sni: 'catalog.istioinaction.io' } })).toContain(
      'the client has to bring a certificate',
    );
  });
});

describe('paths', () => {
  const of: Case = { id: 'PC3002', clusters: [null], request: { path: '/api/v2?x=1' } };
  const routed = (http: string): string => `${GATEWAY}  http: ${http}\n`;
  test.each([
    [
      'has no match',
      '[{match: [{uri: {prefix: /items}}, {uri: {exact: /}}]}]',
      /PC3002 false[\s\S]*no match for GET "\/api\/v2"; it has prefix "\/items" and exact "\/"/,
    ],
    ['has one that the proxy lacks', '[{match: [{uri: {prefix: /api}}]}]', /PC3002 true[\s\S]*has a match for it: prefix "\/api" \(http\[0\]\)/],
    [
      'asks for a header as well',
      '[{match: [{uri: {prefix: /api}, headers: {x-team: {exact: a}}}]}]',
      /PC3002 undefined[\s\S]*which also asks for header x-team/,
    ],
    ['asks for another method', '[{match: [{uri: {prefix: /api}, method: {exact: POST}}]}]', /it has POST prefix "\/api"/],
    ['has an expression', '[{match: [{uri: {regex: "/api/v[0-9]"}}]}]', /PC3002 true/],
    ['takes any path', '[{route: []}]', /any path/],
  ])('a VirtualService that %s', async (_, http, said) => {
    expect(await words(routed(http), of)).toMatch(said);
  });
});

describe('the Gateway API', () => {
  const api = { api: 'gateway.networking.k8s.io/v1' };
  const gateway = (more = ''): string => object('Gateway', 'eg', `{listeners: [{name: http, port: 80, hostname: "*.example"${more}}]}`, api);
  const route = (more = '', parent = '{name: eg}'): string => object('HTTPRoute', 'web', `{hostnames: [web.example], parentRefs: [${parent}]${more}}`, api);
  async function said(yaml: string, more: Case = {}): Promise<string> {
    const file = join(folder, `${files++}.yaml`);
    writeFileSync(file, yaml);
    const outcome = {
      verdict: 'broken',
      break: more.id ?? 'PC3001',
      cluster: more.clusters?.[0] ?? null,
      probability: 1,
      route_config: 'istioinaction/eg/http',
      virtual_host: null,
    };
    const request = { ...REQUEST, authority: 'web.example', ...more.request };
    const verdicts = judgeAnswer(
      request,
      [outcome],
      { objects: readObjects([file]), isApplied: false, unread: new Set() },
      await loadProxy({ files: [FOUNDING] }),
    );
    return verdicts.flatMap((v) => [`${v.mends}`, v.summary, ...v.sentences]).join('\n');
  }

  test.each([
    ['is bound', all(gateway(), route()), 'is bound to Gateway istioinaction/eg, which serves "web.example"'],
    ['is for another Gateway', all(gateway(), route('', '{name: other}')), 'it is for Gateway istioinaction/other, and this proxy serves istioinaction/eg'],
    ['names a Gateway that is not there', route(), 'no Gateway istioinaction/eg'],
    ['names a listener that is not there', all(gateway(), route('', '{name: eg, sectionName: https}')), 'has no listener "https"; it has "http"'],
    ['has a host that no listener has', all(gateway().replace('*.example', '*.other'), route()), 'are for "*.other", not "web.example"'],
    [
      'is of a namespace that the listener does not let in',
      all(gateway(), route('', '{name: eg, namespace: istioinaction}').replace('name: web, namespace: istioinaction', 'name: web, namespace: shop')),
      'takes routes of its own namespace only',
    ],
    ['is for another host', all(gateway(), route().replace('web.example]', 'wed.example]')), 'the nearest is for "wed.example"'],
  ])('an HTTPRoute that %s', async (_, yaml, text) => {
    expect(await said(yaml)).toContain(text);
  });

  test('the reason that the controller gives', async () => {
    const status = 'status: {parents: [{conditions: [{type: Accepted, status: "False", reason: NotAllowedByListeners, message: no listener lets it in}]}]}\n';
    expect(await said(all(gateway(), route() + status))).toContain('is refused by its controller: NotAllowedByListeners: no listener lets it in');
  });

  test('paths of an HTTPRoute', async () => {
    const rules = ', rules: [{matches: [{path: {type: PathPrefix, value: /shop}}]}]';
    expect(await said(all(gateway(), route(rules)), { id: 'PC3002', request: { path: '/api' } })).toContain(
      'has no match for GET "/api"; it has prefix "/shop"',
    );
  });

  test('the Service behind a rule, by the name that Envoy Gateway gives its cluster', async () => {
    const rules = ', rules: [{backendRefs: [{name: catalog, port: 8080}]}]';
    const clusters = ['httproute/istioinaction/web/rule/0'];
    expect(await said(all(gateway(), route(rules), SERVICE), { id: 'PC5001', clusters })).toContain(
      'Service istioinaction/catalog has no port 8080; it has 80 (http)',
    );
    expect(await said(all(gateway(), route(', rules: [{}]'), SERVICE), { id: 'PC5001', clusters })).toContain('sends to no Service (backendRefs:)');
    expect(await said(SERVICE, { id: 'PC4001', clusters })).toContain('HTTPRoute istioinaction/web, of which this cluster is made, is not among the objects');
  });
});

describe('mutual TLS', () => {
  const peer = (mode: string, more = '', namespace = 'istioinaction', name = 'default'): string =>
    object('PeerAuthentication', name, `{mtls: {mode: ${mode}}${more}}`, { api: 'security.istio.io/v1', namespace });
  const from = join(projectRoot(), 'snapshots', 'founding-story-fixed');
  const of: Case = { id: '', verdict: 'forwarded', clusters: CLUSTERS, from };

  test('plain text to a workload that is STRICT, and the rule that asks for it', async () => {
    const disable = rule().replace('  subsets:', '  trafficPolicy: {tls: {mode: DISABLE}}\n  subsets:');
    const said = await words(all(peer('STRICT'), SERVICE, disable), of);
    expect(said).toMatch(
      /PC6005[\s\S]*sends plain text to "outbound\|80\|version-v1.*PeerAuthentication istioinaction\/default has mode STRICT.*DestinationRule istioinaction\/catalog asks for it/,
    );
  });
  test('the nearest PeerAuthentication counts', async () => {
    expect(await words(all(peer('STRICT', '', 'istio-system'), peer('PERMISSIVE'), SERVICE), of)).toBe('');
    expect(await words(all(peer('STRICT', '', 'istio-system'), peer('UNSET'), SERVICE), of)).toContain(
      'PeerAuthentication istio-system/default has mode STRICT',
    );
    const ofPort = peer('STRICT', ', selector: {matchLabels: {app: catalog}}, portLevelMtls: {"3000": {mode: DISABLE}}', 'istioinaction', 'catalog');
    expect(await words(all(ofPort, SERVICE), of)).toBe('');
  });
  test('a connection that a STRICT sidecar closes', async () => {
    const no: Case = { id: 'PC2002', clusters: [null], from: SIDECAR };
    expect(await words(peer('STRICT'), no)).toContain('PeerAuthentication istioinaction/default has mode STRICT for this workload: only mTLS is taken');
    expect(await words(SERVICE, no)).toContain('no PeerAuthentication of the objects counts');
  });
});

test('a break that objects have no say in is told to be left', async () => {
  const [verdict] = await verdictsOn(GATEWAY, { id: 'PC7001', clusters: [null] });
  expect(verdict).toMatchObject({ id: 'PC7001', mends: undefined, summary: 'the objects say nothing of this break: it would be left' });
});
