import type { ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';

/** One flag of a command, said without reference to the program that parses it. */
export interface Flag {
  readonly type: 'string' | 'boolean' | 'number';
  readonly describe: string;
  readonly alias?: string | readonly string[];
  /** May be given several times. */
  readonly list?: boolean;
  readonly default?: string | boolean | number;
  readonly choices?: readonly string[];
  readonly hidden?: boolean;
  /** The heading of the help text that it stands under. */
  readonly group?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

type Single<F extends Flag> = F['type'] extends 'boolean' ? boolean : F['type'] extends 'number' ? number : string;
type Value<F extends Flag> = F extends { readonly list: true }
  ? readonly Single<F>[]
  : F extends { readonly default: string | boolean | number }
    ? Single<F>
    : F['type'] extends 'boolean'
      ? boolean
      : Single<F> | undefined;

/** What `run` gets for a table of flags, by the flags' own names (`args['show-secrets']`). */
export type Args<T extends Flags> = { readonly [K in keyof T]: Value<T[K]> };

/** A positional argument: `pc trace <url>`. */
export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly required?: boolean;
  readonly list?: boolean;
  readonly choices?: readonly string[];
}

/** A command as its module describes it. `main` makes the parser's entry of it. */
export interface Command<T extends Flags = Flags> {
  readonly flags: T;
  readonly positionals?: readonly Positional[];
  /** Command lines that work as they stand, each with what it shows. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** Positional arguments come under their names, beside the flags. Throws Failure where it could not run. */
  run(args: Args<T> & { readonly [positional: string]: unknown }, io: Io): Promise<ExitStatus>;
}

/** Types a command's `run` by its table of flags. */
export function defineCommand<const T extends Flags>(command: Command<T>): Command<T> {
  return command;
}
