import type { ChildProcess } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const children = new Set<ChildProcess>();
/** Somebody else hears the signal too, tidies up and ends the program: then it is not raised once more. */
let isHeard = false;

/** Ends a child process when someone ends the program. Out: what stops watching over it. */
export function endWithUs(child: ChildProcess): () => void {
  if (children.size === 0) {
    isHeard = SIGNALS.some((signal) => process.listenerCount(signal) > 0);
    for (const signal of SIGNALS) process.on(signal, endAll);
  }
  children.add(child);
  return () => {
    if (children.delete(child) && children.size === 0) stopListening();
  };
}

function endAll(signal: NodeJS.Signals): void {
  for (const child of children) child.kill();
  children.clear();
  stopListening();
  if (!isHeard) process.kill(process.pid, signal);
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, endAll);
}
