import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Failure } from '../../dump/failure.ts';
import { endWithUs } from './end-with-us.ts';
import type { Pod } from './kube-objects.ts';
import { podLabel } from './pod-state.ts';

/** kubectl's own flags for the cluster and the user. */
export interface KubectlFlags {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly as?: string | undefined;
  readonly asGroups?: readonly string[];
}

export interface KubectlForward {
  /** The port of 127.0.0.1 that leads into the pod. */
  readonly port: number;
  /** What kubectl says is wrong in the pod; '' where it says nothing within half a second. */
  trouble(): Promise<string>;
  stop(): Promise<void>;
}

const READY = /^Forwarding from 127\.0\.0\.1:(\d+)/;
/** kubectl's log line of a connection that failed: its words are those of the error channel. */
const TROUBLE = /an error occurred forwarding \d+ -> \d+: ([^\n]*)/;
const TROUBLE_MS = 500;

/** Runs `kubectl port-forward` until `stop`. Throws Failure PC1122 where kubectl is not there, or ends before it listens, with its words. */
export async function forwardByKubectl(pod: Pod, port: number, flags: KubectlFlags, limitMs: number): Promise<KubectlForward> {
  const { name, namespace = 'default' } = pod.metadata;
  const args = ['port-forward', `pod/${name}`, `:${port}`, '-n', namespace, '--address', '127.0.0.1', ...flagTexts(flags)];
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString('utf8');
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const release = endWithUs(child);
  const stop = async (): Promise<void> => {
    release();
    child.kill();
    await ended;
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    const local = await new Promise<number>((resolve, reject) => {
      timer = setTimeout(() => reject(failure(pod, `it opened no port within ${limitMs / 1000} s`)), limitMs);
      child.once('error', (error: NodeJS.ErrnoException) =>
        reject(failure(pod, error.code === 'ENOENT' ? 'there is no kubectl on the PATH' : error.message, error)),
      );
      child.once('close', () => reject(failure(pod, said.trim().split('\n').at(-1) || 'it ended without a word')));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const found = READY.exec(line);
        if (found !== null) resolve(Number(found[1]));
      });
    });
    const trouble = async (): Promise<string> => {
      const told = (): string => TROUBLE.exec(said)?.[1]?.replace(/"$/, '') ?? '';
      if (told() === '') {
        const limit = AbortSignal.timeout(TROUBLE_MS);
        while (told() === '' && child.exitCode === null && !limit.aborted) await once(child.stderr, 'data', { signal: limit }).catch(() => undefined);
      }
      return told();
    };
    return { port: local, trouble, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function flagTexts({ kubeconfig, context, as, asGroups = [] }: KubectlFlags): string[] {
  const flag = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [`--${name}=${value}`]);
  return [...flag('kubeconfig', kubeconfig), ...flag('context', context), ...flag('as', as), ...asGroups.flatMap((group) => flag('as-group', group))];
}

function failure(pod: Pod, why: string, cause?: unknown): Failure {
  return new Failure({
    id: 'PC1122',
    what: `kubectl port-forward to ${podLabel(pod)} failed: ${why}`,
    next: 'run it by hand to see more; without --via pc goes to the API server itself',
    cause,
  });
}
