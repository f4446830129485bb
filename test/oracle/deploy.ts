import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProxy } from '../../src/cli/load-proxy.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { AccessLog, accessLog } from './access-log.ts';
import { type EnvoyProcess, startEnvoy } from './envoy-process.ts';
import { freePorts } from './free-ports.ts';
import { CERTIFICATE, type Configuration, fillIn, OWN, OWN_NETWORK, OWN_PORT, PRIVATE_KEY, SPARE_PORT, upstreamPort } from './generate/configuration.ts';
import { OWN_PORT_NUMBER } from './generate/requests.ts';
import type { TestBed } from './test-bed.ts';
import { configSource, type JsonObject, writeBootstrap, writeXdsFiles } from './xds-files.ts';

/** Configurations that one Envoy serves, each on a port of its own. */
export interface Deployment {
  readonly envoy: EnvoyProcess;
  /** What `pc` reads from that Envoy's dump. */
  readonly proxy: ProxyConfig;
  /** Folder with the admin outputs that `proxy` was read from. */
  readonly dumps: string;
  readonly log: AccessLog;
  /** The request as it has to be sent to the configuration of this index. */
  aim(index: number, request: TraceRequest): TraceRequest;
  stop(): Promise<void>;
}

/** What is saved of an Envoy, by file. */
export const ADMIN_OUTPUTS = {
  'config_dump.json': '/config_dump?include_eds',
  'clusters.json': '/clusters?format=json',
  'listeners.json': '/listeners?format=json',
  'server_info.json': '/server_info',
};

/** Starts one Envoy with all the configurations and reads its dump. A configuration that Envoy refuses is part of the test. */
export async function deploy(configurations: readonly Configuration[], bed: TestBed): Promise<Deployment> {
  const directory = mkdtempSync(join(tmpdir(), 'pc-oracle-'));
  const ports = await freePorts(2 * configurations.length);
  const filled = configurations.map((configuration, i) => fillIn(configuration, placeholders(i, ports, bed)));
  const listeners = filled.flatMap(({ listener, others = [] }, i): JsonObject[] => [
    { name: `listener-${i}`, address: { socket_address: { address: '127.0.0.1', port_value: ports[i] ?? 0 } }, access_log: accessLog('listener'), ...listener },
    ...others.map((other) => ({ ...other, name: `listener-${i}-${other['name']}`, access_log: accessLog('listener') })),
  ]);
  writeXdsFiles(directory, {
    listeners,
    routes: filled.flatMap((c) => c.routes),
    clusters: filled.flatMap((c) => c.clusters),
    endpoints: filled.flatMap((c) => c.endpoints ?? []),
  });
  const bootstrap = writeBootstrap(directory, {
    node: { id: 'oracle', cluster: 'oracle' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    dynamic_resources: { lds_config: configSource('lds'), cds_config: configSource('cds') },
  });
  let envoy: EnvoyProcess | undefined;
  const stop = async (): Promise<void> => {
    await envoy?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    envoy = await startEnvoy({ binary: bed.envoy, directory, bootstrap });
    const dumps = join(directory, 'dumps');
    mkdirSync(dumps);
    for (const [file, path] of Object.entries(ADMIN_OUTPUTS)) writeFileSync(join(dumps, file), await envoy.admin(path));
    const aim = (index: number, request: TraceRequest): TraceRequest => aimed(request, ports[index] ?? 0, placeholders(index, ports, bed));
    return { envoy, proxy: await loadProxy({ files: [dumps] }), dumps, log: new AccessLog(join(directory, 'access.log')), aim, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function placeholders(index: number, ports: readonly number[], bed: TestBed): Record<string, string> {
  const own = (i: number): string => String(ports[i] ?? 0);
  return {
    [OWN]: `n${index}-`,
    [OWN_PORT]: own(index),
    [SPARE_PORT]: own(ports.length / 2 + index),
    [OWN_NETWORK]: `10.77.${index}`,
    [CERTIFICATE]: bed.certificate.cert,
    [PRIVATE_KEY]: bed.certificate.key,
    ...Object.fromEntries(bed.upstreams.map((upstream, i) => [upstreamPort(i), String(upstream.port)])),
  };
}

function aimed(request: TraceRequest, port: number, texts: Record<string, string>): TraceRequest {
  const filled = fillIn(request, texts);
  const listener = { address: '127.0.0.1', port };
  if (filled.destination === undefined) return { ...filled, listener };
  const named = Number(filled.destination.port);
  return { ...filled, listener, destination: { ...filled.destination, port: named === OWN_PORT_NUMBER ? port : named } };
}
