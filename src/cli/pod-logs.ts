import { splitLines } from '../accesslog/read-lines.ts';
import { findProxy } from '../source/kube/proxy-container.ts';
import type { LiveSelection } from './command-input.ts';
import type { Io } from './io.ts';
import { findLiveProxies } from './live-proxies.ts';
import type { LogChoice, LogSource } from './log-sources.ts';

const NEVER = new AbortController().signal;

/** The logs of the Envoys of pods, through the API server: `pods/log` of the container that is an Envoy. Throws Failure PC11xx. */
export async function podLogs(selection: LiveSelection, { tail, signal }: LogChoice, io: Io): Promise<readonly LogSource[]> {
  const found = await findLiveProxies(selection, io);
  for (const note of found.notes) io.err(`note[PC1130]: ${note}\n`);
  const sources: LogSource[] = [];
  for (const { label, pod, container, close } of found.proxies) {
    await close();
    if (pod === undefined || found.api === undefined) continue;
    const tailLines = tail ?? (signal === undefined ? undefined : 0);
    const query = {
      container: container?.container ?? findProxy(pod).container,
      ...(signal !== undefined ? { follow: 'true' } : {}),
      ...(tailLines === undefined ? {} : { tailLines: String(tailLines) }),
    };
    const bytes = await found.api.log(pod.metadata.namespace ?? found.api.namespace, pod.metadata.name, query, signal ?? NEVER);
    sources.push({ label, lines: splitLines(bytes) });
  }
  return sources;
}
