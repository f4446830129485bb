const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Says when someone ends the program (Ctrl-C); it goes on to tidy up. `release` stops listening, for a program that ends by itself. */
export interface StopSignal {
  readonly signal: AbortSignal;
  release(): void;
}

export function stopSignal(): StopSignal {
  const controller = new AbortController();
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  const stop = (): void => {
    release();
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return { signal: controller.signal, release };
}

/** Done when someone ends the program (Ctrl-C), and not before. */
export function untilStopped(): Promise<void> {
  const { signal } = stopSignal();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
