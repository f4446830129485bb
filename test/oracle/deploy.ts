import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProxy } from '../../src/cli/load-proxy.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { AccessLog, accessLog } from './access-log.ts';
import { type EnvoyProcess, startEnvoy } from './envoy-process.ts';
import { freePorts } from './free-ports.ts';
import { CERTIFICATE, type Configuration, fillIn, OWN, OWN_PORT, PRIVATE_KEY, upstreamPort } from './generate/configuration.ts';
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

const ADMIN_OUTPUTS = {
  'config_dump.json': '/config_dump?include_eds',
  'clusters.json': '/clusters?format=json',
  'listeners.json': '/listeners?format=json',
  'server_info.json': '/server_info',
};

/** Starts one Envoy with all the configurations and reads its dump. A configuration that Envoy refuses is part of the test. */
export async function deploy(configurations: readonly Configuration[], bed: TestBed): Promise<Deployment> {
  const directory = mkdtempSync(join(tmpdir(), 'pc-oracle-'));
  const ports = await freePorts(configurations.length);
  const filled = configurations.map((configuration, i) => fillIn(configuration, placeholders(i, ports[i] ?? 0, bed)));
  const listeners = filled.map(
    ({ listener }, i): JsonObject => ({
      name: `listener-${i}`,
      address: { socket_address: { address: '127.0.0.1', port_value: ports[i] ?? 0 } },
      access_log: accessLog('listener'),
      ...listener,
    }),
  );
  writeXdsFiles(directory, { listeners, routes: filled.flatMap((c) => c.routes), clusters: filled.flatMap((c) => c.clusters) });
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
    const aim = (index: number, request: TraceRequest): TraceRequest => aimed(request, ports[index] ?? 0, placeholders(index, ports[index] ?? 0, bed));
    return { envoy, proxy: await loadProxy({ files: [dumps] }), dumps, log: new AccessLog(join(directory, 'access.log')), aim, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

function placeholders(index: number, port: number, bed: TestBed): Record<string, string> {
  const upstreams = bed.upstreams.map((upstream, i) => [upstreamPort(i), String(upstream.port)]);
  return {
    [OWN]: `n${index}-`,
    [OWN_PORT]: String(port),
    [CERTIFICATE]: bed.certificate.cert,
    [PRIVATE_KEY]: bed.certificate.key,
    ...Object.fromEntries(upstreams),
  };
}

function aimed(request: TraceRequest, port: number, texts: Record<string, string>): TraceRequest {
  const own = (p: number): number => (p === OWN_PORT_NUMBER ? port : p);
  return {
    ...fillIn(request, texts),
    listener: { address: '127.0.0.1', port },
    ...(request.destination ? { destination: { ...request.destination, port: own(request.destination.port) } } : {}),
  };
}
