import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCurl } from '../../src/cli/curl-command.ts';
import { questionOf } from '../../src/cli/trace-question.ts';
import type { ChainAnswer } from '../../src/follow/chain-answer.ts';
import { ProxyDirectory } from '../../src/follow/find-owner.ts';
import { followRequest } from '../../src/follow/follow-request.ts';
import type { FollowedProxy } from '../../src/follow/followed-proxy.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import { addressesOf } from '../../src/trace/own-address.ts';
import { type LoggedRequest, loggedRequest } from '../support/logged-request.ts';
import { proxiesIn } from '../support/recorded-chains.ts';
import { SHARED_DATA } from '../support/shared-data.ts';

/** What a run of a mesh logged: each request with the access-log lines of every proxy on its way. */
interface RecordedRun {
  readonly requests: readonly {
    readonly source: string;
    readonly curl: string;
    readonly results: Readonly<Record<string, number>>;
    readonly access_log: Readonly<Record<string, readonly string[] | object>>;
  }[];
}

const ISTIO = join(SHARED_DATA, 'istio');
const CLIENT = '10.10.0.20';
const scenarios = existsSync(ISTIO) ? readdirSync(ISTIO).filter((name) => existsSync(join(ISTIO, name, 'real', 'requests.json'))) : [];

/** Where the chain must end in a break, as the scenario's README says: the proxy and the break; all other requests end where the logs say. */
const BREAKS: Readonly<Record<string, readonly [scenario: string, id: string]>> = {
  'd04-wrong-targetport': ['http://10.10.0.7:8080/items', 'PC5004'],
  'd08-strict-mtls-vs-disable': ['http://10.10.0.7:8080/items', 'PC6005'],
};

describe.skipIf(scenarios.length === 0)('requests over several proxies of a real mesh (../shared/data/istio; skipped where it is absent)', () => {
  describe.each(scenarios)('%s', async (scenario) => {
    const run = JSON.parse(readFileSync(join(ISTIO, scenario, 'real', 'requests.json'), 'utf8')) as RecordedRun;
    const proxies = await proxiesIn(join(ISTIO, scenario, 'real'));
    const directory = new ProxyDirectory(proxies);

    test.each(run.requests.map((request) => [`${request.source}: ${request.curl}`, request] as const))('%s', (_, request) => {
      const { first, question } = questionIn(request, proxies);
      const logged = linesOf(request.access_log);
      // What an application called besides: another path than the one that was asked for.
      const called = logged.find(({ line }) => line.path !== null && line.path !== question.path);
      const chain = followRequest(first, question, directory, called === undefined ? {} : { calls: [nextCall(called.line, question)] });
      expect(chain.verdict).not.toBe('undetermined');
      // Every proxy that logged the request is on the way, with the same cluster and the same host.
      for (const { proxy, line } of logged) expect(stepsOf(chain), `${proxy}: ${line.text}`).toContainEqual(stepOf(proxy, line));
      // What the client saw is one of the ends, or what an application that was reached may answer.
      for (const result of Object.keys(request.results)) {
        const status = Number(result.slice(0, 3)) || null;
        expect(
          chain.ends.some((end) => end.verdict === 'forwarded' || end.status === status),
          result,
        ).toBe(true);
      }
    });

    test.each(BREAKS[scenario] === undefined ? [] : [BREAKS[scenario]])('the break of %s is where the run had it: %s', (url, id) => {
      const request = run.requests.find(({ curl }) => curl.startsWith(url));
      if (request === undefined) throw new Error(`no request to ${url}`);
      const { first, question } = questionIn(request, proxies);
      const chain = followRequest(first, question, directory);
      const failed = linesOf(request.access_log).at(-1);
      const end = chain.ends.find((one) => chain.legs[one.leg]?.proxy === failed?.proxy && one.verdict === 'broken');
      expect(end).toMatchObject({ break: id, status: 503, kind: id === 'PC5004' ? 'application' : 'border' });
      const seenBy = id === 'PC5004' ? failed : linesOf(request.access_log)[0];
      expect(end?.flags).toBe(seenBy?.line.flags);
    });
  });

  test('every scenario of several proxies is among them', () => {
    expect(scenarios.length).toBeGreaterThan(9);
    expect(Object.keys(BREAKS).every((name) => scenarios.includes(name))).toBe(true);
  });
});

/** The proxy that the recorded client dialled, or behind which it ran, and the request as that proxy gets it. */
function questionIn(
  { curl, source }: RecordedRun['requests'][number],
  proxies: readonly FollowedProxy[],
): { readonly first: FollowedProxy; readonly question: TraceRequest } {
  const { url, flags } = parseCurl(`curl ${curl}`);
  const { url: dialled, ...question } = questionOf(url, flags);
  const destination = { address: dialled.host, port: dialled.port };
  const first = proxies.find((proxy) => (source === 'client' ? addressesOf(proxy.config).includes(dialled.host) : proxy.name === source));
  if (first === undefined) throw new Error(`no proxy for ${source} ${curl}`);
  return { first, question: { ...question, destination, ...(source === 'client' ? { source: { address: CLIENT } } : {}) } };
}

/** What the application called next, as its sidecar logged it; the recorded application hands on x-istio-cohort. */
function nextCall(line: LoggedRequest, { headers = [] }: TraceRequest): TraceRequest {
  const [, address = '', port = ''] = /^(.*):(\d+)$/.exec(line.destination) ?? [];
  return {
    scheme: 'http',
    method: 'GET',
    authority: line.authority ?? '',
    path: line.path ?? '/',
    headers: headers.filter(([name]) => name === 'x-istio-cohort'),
    destination: { address, port: Number(port) },
  };
}

function linesOf(log: RecordedRun['requests'][number]['access_log']): readonly { readonly proxy: string; readonly line: LoggedRequest }[] {
  // Ejections stand in the same log, as JSON.
  return Object.entries(log).flatMap(([proxy, lines]) =>
    Array.isArray(lines) ? (lines as readonly string[]).filter((text) => text.startsWith('[')).map((text) => ({ proxy, line: loggedRequest(text) })) : [],
  );
}

interface Step {
  readonly proxy: string;
  readonly cluster: string | null;
  readonly host: string | null;
}

/** Every way through every proxy of a chain: its cluster and host, or none of them where it answers or breaks before. */
function stepsOf({ legs }: ChainAnswer): readonly Step[] {
  return legs.flatMap(({ proxy, answer }) =>
    answer.outcomes.flatMap(({ verdict, cluster, endpoints, connection }): Step[] => {
      if (verdict !== 'forwarded') return [{ proxy, cluster: connection === null || cluster !== null ? cluster : null, host: null }];
      return (endpoints ?? []).map(({ address }) => ({ proxy, cluster, host: address }));
    }),
  );
}

/** A host of an inbound cluster is logged even where the connection to it failed. */
function stepOf(proxy: string, { cluster, host }: LoggedRequest): Step {
  return { proxy, cluster, host };
}
