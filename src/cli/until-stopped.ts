const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Done when someone ends the program (Ctrl-C), and not before. The program goes on to tidy up. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of SIGNALS) process.off(signal, stop);
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
  });
}
