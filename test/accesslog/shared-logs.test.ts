import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../src/accesslog/log-entry.ts';
import { isFailure } from '../../src/accesslog/log-summary.ts';
import { questionOfEntry } from '../../src/accesslog/question-of-entry.ts';
import { lineReader } from '../../src/accesslog/read-lines.ts';
import { loadProxy } from '../../src/cli/load-proxy.ts';
import { compareWithLine, explainEntry } from '../../src/diagnostics/explain-entry.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { projectRoot } from '../support/project-root.ts';

const ISTIO = join(projectRoot(), '..', 'shared', 'data', 'istio');

interface Logged {
  readonly pod: string;
  readonly folder: string;
  readonly entry: LogEntry;
}

function loggedIn(scenario: string): Logged[] {
  const real = join(ISTIO, scenario, 'real');
  const read = lineReader();
  return readdirSync(real).flatMap((pod) => {
    const file = join(real, pod, 'access.log');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('['));
    return lines.map((line) => {
      const entry = read(line);
      if (entry === undefined) throw new Error(`not read: ${line}`);
      return { pod, folder: join(real, pod), entry };
    });
  });
}

describe.skipIf(!existsSync(ISTIO))('access logs of real proxies in ../shared (skipped where they are not there)', () => {
  const scenarios = existsSync(ISTIO) ? readdirSync(ISTIO).filter((name) => existsSync(join(ISTIO, name, 'real'))) : [];

  test.each(scenarios)('%s: every failed line is explained without a gap', (scenario) => {
    for (const { entry } of loggedIn(scenario).filter(({ entry: e }) => isFailure(e))) {
      const { title, who, meanings } = explainEntry(entry);
      for (const sentence of [title, who, ...meanings.map((m) => m.means)]) expect(sentence).not.toMatch(/undefined|does not know/);
    }
  });

  // By scenario: the pod that names the cause, and the cause, as the scenario's README tells it.
  test.each([
    ['d02-subset-no-endpoints', 'istio-ingressgateway', '503 UH', /no host that Envoy would send to/],
    ['d04-wrong-targetport', 'catalog-v2', '503 URX,UF', /No connection to the upstream host came about/],
    ['d08-strict-mtls-vs-disable', 'istio-ingressgateway', '503 UC', /closed the connection before it answered/],
    ['d08-strict-mtls-vs-disable', 'webapp', '503 UC', /closed the connection before it answered/],
    ['d08-strict-mtls-vs-disable', 'catalog-v1', '0 NR', /No filter chain of the listener fits the connection/],
    ['d10-allow-any', 'webapp', '503 UF', /no way to the host/],
    ['d12-fault-abort', 'istio-ingressgateway', '418 FI', /on purpose/],
    ['d14-direct-response', 'istio-ingressgateway', '503 ', /The route answers by itself/],
    ['d16-retries-timeout', 'istio-ingressgateway', '504 UT', /did not answer within the timeout/],
    ['d20-ratelimit', 'istio-ingressgateway', '500 RLSE', /rate limit service could not be asked/],
    ['d20-ratelimit', 'istio-ingressgateway', '429 RL', /local rate limit of this proxy is used up/],
    ['d24-locality-failover', 'istio-ingressgateway', '503 ', /The upstream answered/],
    ['d32-endpoints-not-ready', 'istio-ingressgateway', '503 UH', /no host that Envoy would send to/],
  ])('%s: %s tells %s', (scenario, pod, end, cause) => {
    const found = loggedIn(scenario).find(({ pod: p, entry }) => p === pod && `${entry.status} ${entry.flags}` === end);
    if (found === undefined) throw new Error('the line is not in the log');
    expect(
      explainEntry(found.entry)
        .meanings.map((m) => m.means)
        .join(' '),
    ).toMatch(cause);
  });

  test('the dump of the proxy sends the requests of its log to the cluster that the log names', { timeout: 300_000 }, async () => {
    let compared = 0;
    const differ: string[] = [];
    for (const scenario of scenarios) {
      const byPod = new Map<string, Logged[]>();
      for (const one of loggedIn(scenario)) byPod.set(one.folder, [...(byPod.get(one.folder) ?? []), one]);
      for (const [folder, logged] of byPod) {
        const proxy = await loadProxy({ files: [folder] });
        for (const { entry, pod } of logged) {
          if (entry.cluster === '') continue;
          const answer = traceRequest(proxy, questionOfEntry(entry, proxy));
          if (answer.verdict === 'undetermined') continue;
          compared++;
          const names = answer.outcomes.flatMap((o) => [o.cluster, o.observability_name]);
          // Headers and tokens that the log does not show may decide; what is compared is whether the dump knows the way at all.
          if (!names.includes(entry.cluster))
            differ.push(`${scenario} ${pod} ${entry.method} ${entry.authority}${entry.path} ${entry.cluster}: ${names.join(' ')}`);
          else compareWithLine(entry, answer.outcomes, undefined);
        }
      }
    }
    expect(compared).toBeGreaterThan(100);
    expect(differ).toEqual([]);
  });
});
