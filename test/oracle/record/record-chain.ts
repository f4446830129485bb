import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '../access-log.ts';
import { createAuthority } from '../certificate.ts';
import { sendRequest } from '../client.ts';
import { type EnvoyProcess, startEnvoy } from '../envoy-process.ts';
import { istioBootstrap } from '../istio/bootstrap.ts';
import { writeBootstrap, writeXdsFiles } from '../xds-files.ts';
import { saveAdminOutputs, saveJson } from './admin-outputs.ts';
import type { ChainCase, ObservedChain, SeenByProxy } from './chain-case.ts';
import { asRedirected, redirect, redirectedByIptables } from './redirection.ts';

/** By so much the own ports of each further proxy are shifted. */
const SHIFT = 100;
/** A log that has not grown for so long is taken to be whole. */
const QUIET_MS = 300;
/** No admin output says that an update has been looked at. */
const UPDATE_MS = 1500;

interface Running {
  readonly name: string;
  readonly envoy: EnvoyProcess;
  readonly log: string;
}

/**
 * Starts the proxies of a case beside each other, sends the requests, then takes the stand-in for iptables out of the listeners, as an
 * update, and writes each proxy's admin outputs: the listeners as Istio has them, and the counters of the requests.
 */
export async function recordChain(case_: ChainCase, binary: string, target: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'pc-record-'));
  const env = { authority: createAuthority('cluster.local') };
  const running: Running[] = [];
  const stops = await Promise.all(case_.redirections.map(redirect));
  try {
    for (const [i, [name, proxy]] of Object.entries(case_.proxies).entries()) {
      const directory = join(root, name);
      mkdirSync(directory);
      writeXdsFiles(directory, proxy.resources(env), '1');
      const bootstrap = writeBootstrap(directory, istioBootstrap(proxy.identity, i * SHIFT));
      running.push({ name, envoy: await startEnvoy({ binary, directory, bootstrap }), log: join(directory, 'access.log') });
    }
    const answers: ObservedChain[] = [];
    for (const request of case_.requests) {
      const before = running.map(({ log }) => linesOf(log).length);
      const result = await sendRequest(request);
      await quiet(running);
      const proxies = running.flatMap(({ name, log }, i) => seenBy(name, linesOf(log).slice(before[i])));
      answers.push({ id: request.id, status: result.status, upstream: result.headers['x-upstream'] ?? null, proxies });
    }
    for (const [name, proxy] of Object.entries(case_.proxies)) writeXdsFiles(join(root, name), redirectedByIptables(proxy.resources(env)), '2');
    await sleep(UPDATE_MS);
    rmSync(target, { recursive: true, force: true });
    let version = '';
    for (const { name, envoy } of running) {
      mkdirSync(join(target, name), { recursive: true });
      version = await saveAdminOutputs(envoy, join(target, name), ['certs']);
    }
    const requests = case_.requests.map(asRedirected);
    saveJson(target, 'case.json', { name: case_.name, story: case_.story, requests });
    saveJson(target, 'chains.json', { envoy: version, answers });
  } finally {
    await Promise.all([...running.map(({ envoy }) => envoy.stop()), ...stops.map((stop) => stop())]);
    rmSync(root, { recursive: true, force: true });
  }
}

function linesOf(path: string): readonly LogLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
}

async function quiet(running: readonly Running[]): Promise<void> {
  for (let last = -1, now = 0; last !== now; ) {
    last = now;
    await sleep(QUIET_MS);
    now = running.reduce((sum, { log }) => sum + linesOf(log).length, 0);
  }
}

/** The line that tells most of each connection: HTTP's, else tcp_proxy's, else the listener's alone. */
function seenBy(proxy: string, lines: readonly LogLine[]): readonly SeenByProxy[] {
  const told = (['http', 'tcp', 'listener'] as const).map((writer) => lines.filter((line) => line.writer === writer)).find((found) => found.length > 0) ?? [];
  return told.map(({ writer, status, flags, details, cluster, upstream_host }) => ({
    proxy,
    writer,
    status: status === 0 ? null : status,
    flags: plain(flags),
    details: plain(details),
    cluster: plain(cluster),
    upstream_host: plain(upstream_host),
  }));
}

const plain = (text: string | null): string | null => (text === null || text === '-' || text === '' ? null : text);
