import { describe, expect, test } from 'vitest';
import { wayOf } from '../support/chain-way.ts';
import { CHAIN_SNAPSHOTS, recordedChains } from '../support/recorded-chains.ts';

/** The break that each case was made for; null where everything agrees. */
const BREAKS: Readonly<Record<string, string | null>> = {
  'chain-gateway-to-sidecar items': null,
  'chain-wrong-port items': 'PC5004',
  'chain-cleartext-to-mtls items': 'PC6005',
  'chain-tls-to-cleartext items': 'PC6006',
  'chain-server-certificate items': 'PC6007',
  'chain-client-certificate items': 'PC6008',
  'chain-east-west items': null,
  'chain-east-west forum': 'PC6009',
  'chain-gateway-waypoint items': null,
  'chain-rewritten-request rewritten': null,
  'chain-rewritten-request as-it-came': null,
  'chain-rewritten-request with-secret': null,
  'chain-caller-not-allowed items': 'PC7007',
  'chain-caller-allowed items': null,
  'chain-gateway-webapp-catalog api': null,
  'chain-gateway-webapp-catalog next-call': null,
};

describe.each(CHAIN_SNAPSHOTS)('recorded chain %s', async (name) => {
  const recorded = await recordedChains(name);

  test.each(recorded)('$name: the same proxies, clusters and hosts as the Envoys logged, and the same failing hop', ({ name: id, chain, observed }) => {
    const way = wayOf(chain);
    for (const { proxy, cluster, upstream_host: host } of observed.proxies) {
      const leg = way.find((step) => step.proxy === proxy);
      expect(leg, `${proxy} is met`).toBeDefined();
      if (cluster !== null) expect(leg?.clusters).toContain(cluster);
      if (host !== null) expect(leg?.hosts).toContain(host);
    }
    expect(chain.ends).toHaveLength(1);
    const [end] = chain.ends;
    expect(end?.break).toBe(BREAKS[id]);
    expect(end?.status).toBe(observed.status === 200 ? null : observed.status);
    // The flags are those of the last proxy that answers by itself: a codec that could not read a handshake answers nobody.
    const logged = observed.proxies.filter(({ writer, flags }) => writer === 'http' && flags !== 'DPE').at(-1);
    expect(end?.flags).toBe(logged?.flags ?? null);
  });

  test.each(recorded)('$name: its break is said in words, with places in the dumps of the proxies that it is about', ({ name: id, diagnostics }) => {
    expect(diagnostics.map((diagnostic) => diagnostic.id)).toEqual(BREAKS[id] === null ? [] : [BREAKS[id]]);
    for (const { evidence, title, why, hints } of diagnostics) {
      expect(evidence.length).toBeGreaterThan(0);
      for (const { line, path } of evidence) expect(line, path).not.toBe('');
      for (const sentence of [title, why, ...hints]) expect(sentence).not.toMatch(/undefined|NaN|\[object|""| {2}|\( ?\)|^\W/);
      expect(hints.length).toBeGreaterThan(0);
    }
  });
});

test('every recorded chain has the break that it was made for', () => {
  expect([...new Set(Object.keys(BREAKS).map((key) => key.split(' ')[0]))].sort()).toEqual([...CHAIN_SNAPSHOTS].sort());
});
