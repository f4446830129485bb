import { stopSignal } from './until-stopped.ts';

/** Runs a task that tidies up by itself when someone ends the program (Ctrl-C): its signal is aborted then, and it is waited for. */
export async function interruptible<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, release } = stopSignal();
  try {
    return await task(signal);
  } finally {
    release();
  }
}
