import { Failure } from '../dump/failure.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';
import { reportFailure } from './report-failure.ts';

/**
 * Runs one command line.
 *
 * In: the arguments behind the program's name, and where the text goes. Out: the exit status. Never throws.
 */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitStatus> {
  try {
    const { parseCommandLine } = await import('./parse-command-line.ts');
    const parsed = await parseCommandLine(argv, io);
    if (parsed.kind === 'text') {
      io.out(parsed.text.endsWith('\n') ? parsed.text : `${parsed.text}\n`);
      return EXIT.fine;
    }
    return await parsed.command.run(parsed.args, io);
  } catch (error) {
    return reportFailure(error, io);
  } finally {
    io.status('');
  }
}

/** The Failure of a command line that no command takes. */
export function usageFailure(what: string, command: string | undefined): Failure {
  return new Failure({ id: 'PC1011', what, next: `see \`pc ${command === undefined ? '' : `${command} `}--help\`` });
}
