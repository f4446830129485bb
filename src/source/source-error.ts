import { Failure } from '../dump/failure.ts';
import { ownMember } from '../dump/json-value.ts';

const REASONS: Readonly<Record<string, readonly [what: string, next: string]>> = {
  ENOENT: ['there is no such file', 'check the name; quote one that holds ? or *'],
  EACCES: ['it may not be read', 'check its permissions'],
  EPERM: ['it may not be read', 'check its permissions'],
  EISDIR: ['it is a folder', 'check the name'],
  ENOTDIR: ['a part of its path is no folder', 'check the name'],
  ELOOP: ['its symbolic links go in a circle', 'give the file itself'],
  ENAMETOOLONG: ['its name is too long', 'check the name'],
  EMFILE: ['too many files are open', 'give fewer files at once'],
};

/** The Failure for a file that the system does not let us read. In: the file as the user named it, and the system's error. */
export function unreadable(label: string, error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  const [what, next] = ownMember(REASONS, code) ?? [`the system says ${code || String(error)}`, 'try to read it with another program'];
  return new Failure({ id: 'PC1013', what: `${label} cannot be read: ${what}`, place: label, next, cause: error });
}
