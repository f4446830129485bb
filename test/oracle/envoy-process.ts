import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface EnvoyOptions {
  readonly binary: string;
  /** Working directory: relative paths in the configuration start here; the log is written here. */
  readonly directory: string;
  /** Bootstrap file, relative to the directory. */
  readonly bootstrap: string;
  /** Whether to wait until every listener serves (`/ready`), or only until the admin interface answers. */
  readonly waitFor?: 'ready' | 'admin';
  readonly timeoutMs?: number;
}

/** A running Envoy. It ends with `stop`, and at the latest with this process, however that ends. */
export interface EnvoyProcess {
  readonly adminPort: number;
  /** GET of an admin path, as text. Throws where the status is not 200. */
  admin(path: string): Promise<string>;
  /** The lines of Envoy's own log so far. */
  log(): readonly string[];
  stop(): Promise<void>;
}

// The shell waits on a pipe of ours in the background and then becomes Envoy: when this process is gone, even by SIGKILL,
// the pipe closes and Envoy with it.
const TIED_TO_US = '( read -r _ <&3; kill -9 $$ 2>/dev/null ) & exec "$@"';

/** Starts one Envoy with one worker thread and waits until it serves. Throws with the end of its log where it does not. */
export async function startEnvoy(options: EnvoyOptions): Promise<EnvoyProcess> {
  const { directory, timeoutMs = 20_000 } = options;
  const logPath = join(directory, 'envoy.log');
  const addressPath = join(directory, 'admin-address.txt');
  rmSync(addressPath, { force: true });
  const arguments_ = ['-c', options.bootstrap, '--concurrency', '1', '--disable-hot-restart', '--admin-address-path', 'admin-address.txt'];
  arguments_.push('--log-level', 'warning', '--file-flush-interval-msec', '5', '--drain-time-s', '1', '--parent-shutdown-time-s', '2');
  const log = openSync(logPath, 'w');
  const child = spawn('/bin/sh', ['-c', TIED_TO_US, 'sh', options.binary, ...arguments_], { cwd: directory, stdio: ['ignore', log, log, 'pipe'] });
  closeSync(log);
  const readLog = (): string[] => readFileSync(logPath, 'utf8').split('\n').filter(Boolean);
  const stop = (): Promise<void> => stopChild(child);
  try {
    const deadline = Date.now() + timeoutMs;
    const adminPort = await retry(deadline, child, () => Number(/:(\d+)$/.exec(readFileSync(addressPath, 'utf8').trim())?.[1] ?? Number.NaN));
    const admin = (path: string): Promise<string> => fetchText(adminPort, path);
    if (options.waitFor !== 'admin') await retry(deadline, child, async () => ((await admin('/ready')).startsWith('LIVE') ? 1 : Number.NaN));
    return { adminPort, admin, log: readLog, stop };
  } catch (cause) {
    await stop();
    throw new Error(`Envoy did not come up: ${String(cause)}\n${readLog().slice(-12).join('\n')}`);
  }
}

/** Runs `attempt` until it gives a number, the deadline passes, or the process has ended. */
async function retry(deadline: number, child: ChildProcess, attempt: () => number | Promise<number>): Promise<number> {
  for (;;) {
    try {
      const value = await attempt();
      if (!Number.isNaN(value)) return value;
    } catch {
      // not there yet
    }
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended with status ${child.exitCode ?? child.signalCode}`);
    if (Date.now() > deadline) throw new Error('not ready in time');
    await sleep(20);
  }
}

function fetchText(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, timeout: 5000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${path}: status ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    asked.on('error', reject);
    asked.on('timeout', () => asked.destroy(new Error(`${path}: no answer`)));
    asked.end();
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await ended;
  }
  child.stdio[3]?.destroy();
}
