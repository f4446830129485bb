import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxy } from '../../src/cli/load-proxy.ts';
import { questionOf } from '../../src/cli/trace-question.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { SHARED_DATA } from '../support/shared-data.ts';

/** What the README of each Istio scenario without a recorded run says a request should meet. */
const folder = join(SHARED_DATA, 'istio');

describe.skipIf(!existsSync(folder))("Istio's scenarios without a recorded run (../shared/data/istio; skipped where it is absent)", () => {
  const GATEWAY = 'istio-ingressgateway.json';
  const CATALOG = 'outbound|80||catalog.istioinaction.svc.cluster.local';

  describe('d06: routes by header, method, query and user agent', () => {
    const file = `d06-header-match/${GATEWAY}`;
    const v2 = { verdict: 'forwarded', cluster: 'outbound|80|version-v2|catalog.istioinaction.svc.cluster.local' };
    test.each([
      ['no header', 'http://catalog.istioinaction.io/items', [], { verdict: 'broken', status: 404, flags: 'NR' }],
      ['cohort header and debug', 'http://catalog.istioinaction.io/items?debug=true', ['x-istio-cohort: internal'], v2],
      ['cohort header without debug', 'http://catalog.istioinaction.io/items', ['x-istio-cohort: internal'], { verdict: 'broken', status: 404 }],
      ['a mobile user agent', 'http://catalog.istioinaction.io/', ['user-agent: X Mobile Y'], v2],
      ['a mobile user agent with x-no', 'http://catalog.istioinaction.io/', ['user-agent: X Mobile Y', 'x-no: 1'], { verdict: 'broken', status: 404 }],
    ])('%s', async (_title, url, header, expected) => {
      expect(await outcomesOf(file, url, { header })).toMatchObject([expected]);
    });
  });

  test('d18: without a token RBAC denies, once ext_authz allows; ext_authz itself may deny first', async () => {
    const outcomes = await outcomesOf(`d18-jwt-extauthz/${GATEWAY}`, 'http://catalog.istioinaction.io/items');
    expect(outcomes).toMatchObject([
      { status: 403, details: 'rbac_access_denied_matched_policy[none]', conditions: ['ext_authz allows'] },
      { status: 403, flags: 'UAEX', details: 'ext_authz_denied' },
      { status: 403, flags: 'UAEX', details: 'ext_authz_error' },
    ]);
  });

  test('d18: a bad token is refused with 401', async () => {
    const outcomes = await outcomesOf(`d18-jwt-extauthz/${GATEWAY}`, 'http://catalog.istioinaction.io/items', { header: ['authorization: Bearer a.b.c'] });
    expect(outcomes.some((o) => o.status === 401 && o.details?.startsWith('jwt_authn_access_denied'))).toBe(true);
  });

  test.each([
    ['simple-sni-1.istioinaction.io', [{ verdict: 'forwarded', cluster: CATALOG, probability: 1 }]],
    [
      'a.wild.istioinaction.io',
      [
        { verdict: 'forwarded', cluster: 'outbound|80||webapp.istioinaction.svc.cluster.local', probability: 0.5 },
        { verdict: 'forwarded', cluster: 'outbound|80||forum.istioinaction.svc.cluster.local', probability: 0.5 },
      ],
    ],
    ['b.wild.istioinaction.io', [{ verdict: 'broken', flags: 'NR', details: 'filter_chain_not_found', connection: 'closed' }]],
  ])('d22: TLS to 31400 with SNI %s', async (sni, expected) => {
    expect(await outcomesOf(`d22-tls-sni-passthrough/${GATEWAY}`, `tls://${sni}:31400`)).toMatchObject(expected);
  });

  test('d22: the SNI-DNAT chain on 15443 passes on by SNI', async () => {
    const sni = 'outbound_.80_._.catalog.istioinaction.svc.cluster.local';
    const outcomes = await outcomesOf(`d22-tls-sni-passthrough/${GATEWAY}`, 'tls://gateway:15443', { sni, alpn: ['istio'] });
    expect(outcomes).toMatchObject([{ verdict: 'forwarded', cluster: sni }]);
  });

  test.each([
    ['http://api.example.com/', 'outbound|80||api.example.com'],
    ['http://rr.example.com/', 'outbound|80||rr.example.com'],
  ])('d26: %s goes to its DNS cluster, if its name resolves', async (url, cluster) => {
    const outcomes = await outcomesOf('d26-serviceentry/webapp.json', url);
    expect(outcomes.every((o) => o.cluster === cluster)).toBe(true);
    expect(outcomes.flatMap((o) => o.conditions).some((condition) => condition.includes('resolves'))).toBe(true);
  });

  test('d28: a Gateway that selects no pod leaves the gateway without a listener', async () => {
    expect(await outcomesOf(`d28-gateway-selector-mismatch/${GATEWAY}`, 'http://catalog.istioinaction.io/')).toMatchObject([
      { verdict: 'broken', connection: 'refused' },
    ]);
  });

  test.each(['/', '/items', '/v2-only'])('d30: %s falls to the catch-all before the route meant for it', async (path) => {
    expect(await outcomesOf(`d30-vs-shadowed-order/${GATEWAY}`, `http://catalog.istioinaction.io${path}`)).toMatchObject([
      { verdict: 'forwarded', cluster: CATALOG },
    ]);
  });

  test('d34: prefixes fold case, and the authority is matched', async () => {
    expect(await outcomesOf(`d34-cors-websocket-hash/${GATEWAY}`, 'http://catalog.istioinaction.io/WS/x')).toMatchObject([
      { verdict: 'forwarded', cluster: CATALOG },
    ]);
  });

  test('d34: a preflight of an allowed origin is answered by the proxy', async () => {
    const header = ['origin: https://a.example', 'access-control-request-method: GET'];
    const outcomes = await outcomesOf(`d34-cors-websocket-hash/${GATEWAY}`, 'http://catalog.istioinaction.io/ws', { method: 'OPTIONS', header });
    expect(outcomes).toMatchObject([{ verdict: 'answered', status: 200, details: 'cors_response' }]);
  });

  test('d36: a Wasm module that came by ECDS is named as what cannot be told', async () => {
    const answer = await answerOf(`d36-wasm-ecds/${GATEWAY}`, 'http://catalog.istioinaction.io/items');
    expect(answer.verdict).toBe('undetermined');
    expect(answer.gap?.what).toContain('Wasm');
  });

  test('d38: port 3000 takes plaintext', async () => {
    const outcomes = await outcomesOf('d38-peer-portlevel/catalog-v1.json', 'http://catalog.istioinaction/items', { to: '10.10.0.16:3000' });
    expect(outcomes).toMatchObject([{ verdict: 'forwarded', cluster: 'inbound|3000||' }]);
  });

  test.each([
    ['e-scale-100', 'checkout-00051.team-11'],
    ['e-scale-1000-replicated', 'checkout-00051.team-11'],
  ])('%s: a service that routes to the missing subset v3 is answered 503 NC', async (scenario, service) => {
    const outcomes = await outcomesOf(`${scenario}/webapp.json`, `http://${service}.svc.cluster.local/`);
    const missing = outcomes.filter((o) => o.cluster?.includes('|v3|'));
    expect(missing.length).toBeGreaterThan(0);
    for (const o of missing) expect(o).toMatchObject({ verdict: 'broken', status: 503, flags: 'NC', details: 'cluster_not_found' });
  });
});

interface Flags {
  readonly header?: readonly string[];
  readonly method?: string;
  readonly sni?: string;
  readonly alpn?: readonly string[];
  readonly to?: string;
}

async function answerOf(file: string, url: string, flags: Flags = {}) {
  const proxy = await loadProxy({ files: [join(folder, file)] });
  return traceRequest(proxy, questionOf(url, { header: [], alpn: [], metadata: [], ...flags }));
}

async function outcomesOf(file: string, url: string, flags: Flags = {}) {
  return (await answerOf(file, url, flags)).outcomes;
}
