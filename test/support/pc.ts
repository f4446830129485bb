import { runCli } from '../../src/cli/run-cli.ts';
import { fakeIo } from './fake-io.ts';

/** Runs one command line in this process. */
export async function pc(...argv: string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const io = fakeIo();
  const status = await runCli(argv, io);
  return { status, out: io.stdout(), err: io.stderr() };
}
