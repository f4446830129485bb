import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli.ts';
import { type AdminAnswer, type FakeAdmin, jsonAnswers, startFakeAdmin } from './fake-admin.ts';
import { fakeIo } from './fake-io.ts';
import { SECTIONS } from './live-sections.ts';
import { type PortFault, type StandInApi, type StandInOptions, startStandInApi } from './stand-in-api.ts';

/** A stand-in cluster with one fake admin interface that ports of pods lead to. */
export interface TestCluster {
  readonly api: StandInApi;
  readonly admin: FakeAdmin;
  readonly folder: string;
  readonly kubeconfig: string;
  /** Lets ports of pods of namespace shop lead to the admin interface: `open('web-1:15000')`. */
  open(...ports: readonly string[]): void;
  fault(port: string, fault: PortFault): void;
  /** Runs pc with this cluster's kubeconfig. */
  pc(...argv: string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }>;
  pcOnTerminal(...argv: string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }>;
  stop(): Promise<void>;
}

export async function startCluster(
  options: StandInOptions & { readonly user?: object; readonly cluster?: object; readonly answer?: AdminAnswer } = {},
): Promise<TestCluster> {
  const api = await startStandInApi(options);
  const admin = await startFakeAdmin(options.answer ?? jsonAnswers(SECTIONS, { '/clusters': { cluster_statuses: [] } }));
  const folder = mkdtempSync(join(tmpdir(), 'pc-cluster-'));
  const kubeconfig = join(folder, 'config');
  writeFileSync(kubeconfig, api.kubeconfig(options.user, options.cluster));
  const run = async (isTerminalErr: boolean, argv: readonly string[]) => {
    const io = fakeIo({ isTerminalErr, env: { KUBECONFIG: kubeconfig, XDG_STATE_HOME: folder, PATH: process.env['PATH'] } });
    const status = await runCli(argv, io);
    return { status, out: io.stdout(), err: io.stderr() };
  };
  return {
    api,
    admin,
    folder,
    kubeconfig,
    open: (...ports) => {
      for (const port of ports) api.ports.set(`shop/${port}`, { to: admin.port });
    },
    fault: (port, fault) => void api.ports.set(`shop/${port}`, { to: admin.port, fault }),
    pc: (...argv) => run(false, argv),
    pcOnTerminal: (...argv) => run(true, argv),
    async stop() {
      await api.stop();
      await admin.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
