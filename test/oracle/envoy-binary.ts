import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../support/project-root.ts';

/** The version that test/oracle/install.mjs installs. */
export const ENVOY_VERSION = '1.40.0';

/** What to do where no Envoy is found. */
export const HOW_TO_GET_ENVOY = 'no Envoy found; `npm run oracle:install` installs one (needs Python 3), or PC_ENVOY names a binary';

/** Path of the Envoy to test against: the one that PC_ENVOY names, else the one in .venv/; undefined where there is none. */
export function findEnvoy(): string | undefined {
  const named = process.env['PC_ENVOY'];
  if (named !== undefined && named !== '') return named;
  const lib = join(projectRoot(), '.venv', 'lib');
  if (!existsSync(lib)) return undefined;
  return readdirSync(lib)
    .map((python) => join(lib, python, 'site-packages', 'envoy', '_bin', 'envoy'))
    .find((path) => existsSync(path));
}

/** Whether a missing Envoy is a failure and not a reason to skip: on CI, or where PC_REQUIRE_ENVOY=1 asks for it. */
export function envoyIsRequired(): boolean {
  return process.env['CI'] === 'true' || process.env['PC_REQUIRE_ENVOY'] === '1';
}
