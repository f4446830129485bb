import { Failure } from '../dump/failure.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';

/**
 * Says on standard error why a command could not run. A Failure is told with its place and next step; anything else is a bug of ours,
 * told in one line, with its stack where PC_DEBUG is set.
 */
export function reportFailure(error: unknown, io: Io): ExitStatus {
  io.err(error instanceof Failure ? failureText(error, io) : bugText(error, io));
  return EXIT.failed;
}

function failureText(failure: Failure, io: Io): string {
  const lines = [`${red(`error[${failure.id}]`, io)}: ${failure.message}`];
  if (failure.place !== undefined) lines.push(`  at    ${failure.place}`);
  if (failure.next !== undefined) lines.push(`  next  ${failure.next}`);
  if (io.env['PC_DEBUG'] && failure.cause instanceof Error) lines.push(String(failure.cause.stack));
  return `${lines.join('\n')}\n`;
}

function bugText(error: unknown, io: Io): string {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const lines = [
    `${red('error[PC9000]', io)}: pc itself failed: ${what.split('\n')[0]}`,
    '  next  this is a bug in pc: please report it with the command line, `pc --version` and the output under PC_DEBUG=1',
  ];
  if (io.env['PC_DEBUG'] && error instanceof Error) lines.push(String(error.stack));
  return `${lines.join('\n')}\n`;
}

function red(text: string, io: Io): string {
  return io.colorErr ? `\u001b[1;31m${text}\u001b[0m` : text;
}
