import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccessLog } from '../access-log.ts';
import { createAuthority } from '../certificate.ts';
import { type EnvoyProcess, startEnvoy } from '../envoy-process.ts';
import { istioBootstrap } from '../istio/bootstrap.ts';
import { observe } from '../observe.ts';
import type { Observed } from '../observed.ts';
import { writeBootstrap, writeXdsFiles } from '../xds-files.ts';
import { saveAdminOutputs, saveJson } from './admin-outputs.ts';
import type { SnapshotCase } from './snapshot-case.ts';

/** Starts an Envoy with the case's configuration, saves its admin outputs, sends the requests, and writes everything to `target`. */
export async function recordCase(case_: SnapshotCase, binary: string, target: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'pc-record-'));
  const authority = createAuthority('cluster.local');
  const env = { authority };
  let envoy: EnvoyProcess | undefined;
  try {
    writeXdsFiles(directory, case_.resources(env), '1', case_.missing);
    envoy = await startEnvoy({ binary, directory, bootstrap: writeBootstrap(directory, istioBootstrap(case_.proxy)) });
    if (case_.update) {
      writeXdsFiles(directory, case_.update(env), '2');
      await sleep(1500); // no admin output says that a rejected or a waiting update has been looked at
    }
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    const version = await saveAdminOutputs(envoy, target);
    const log = new AccessLog(join(directory, 'access.log'));
    const certificate = authority.issue('client', { uris: ['spiffe://cluster.local/ns/istioinaction/sa/webapp'] });
    const answers: (Observed & { id: string })[] = [];
    for (const { times = 1, ...request } of case_.requests) answers.push({ id: request.id, ...(await observe(request, log, times, { certificate })) });
    const requests = case_.requests.map(({ times, ...request }) => request);
    saveJson(target, 'case.json', { name: case_.name, story: case_.story, requests });
    saveJson(target, 'observed.json', { envoy: version, answers });
  } finally {
    await envoy?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
