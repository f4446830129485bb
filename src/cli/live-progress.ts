import type { Io } from './io.ts';

/** Nothing is told of a transfer that is over sooner. */
const PATIENCE_MS = 1500;
const EVERY_MS = 200;

/** Tells on a terminal how far a long transfer is: bytes, rate, elapsed time. Elsewhere it is silent. */
export interface Progress {
  readonly onBytes: (received: number) => void;
  /** Takes the line away. */
  done(): void;
}

/** A progress line for one transfer after the other from one proxy. */
export function transferProgress(label: string, io: Io, now: () => number = Date.now): Progress {
  if (!io.isTerminalErr) return { onBytes: () => undefined, done: () => undefined };
  let started = 0;
  let told = 0;
  let last = 0;
  return {
    onBytes(received) {
      const time = now();
      if (started === 0 || received < last) started = time;
      last = received;
      if (time - started < PATIENCE_MS || time - told < EVERY_MS) return;
      told = time;
      const seconds = (time - started) / 1000;
      io.err(`\r\u001b[K${label}: ${(received / 1e6).toFixed(1)} MB, ${(received / 1e6 / seconds).toFixed(1)} MB/s, ${seconds.toFixed(0)} s`);
    },
    done() {
      if (told > 0) io.err('\r\u001b[K');
    },
  };
}
