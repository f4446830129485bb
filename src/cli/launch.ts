import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cachedDataVersionTag, getHeapCodeStatistics } from 'node:v8';
import { crc32 } from 'node:zlib';
import { cacheFolder } from '../source/cache-folder.ts';
import { compileAsUsual } from '../source/compile-briefly.ts';
import { CODE_SUFFIX, keepCode, loadCode } from '../source/kept-code.ts';
import { EXIT } from './exit-code.ts';
import { FileLoader } from './file-loader.ts';

/** A run that compiled so many times what was kept is worth being kept itself. */
const GROWTH = 1.1;
const ANSWERED: readonly number[] = [EXIT.fine, EXIT.finding, EXIT.undetermined];

const main = join(import.meta.dirname, 'main.js');
const place = placeOfCode(process.argv.slice(2));
if (place === undefined) createRequire(main)(main);
else startFrom(place);

/**
 * Where the code of a command is kept: a file for each command, of this very engine and its flags, and of this copy of pc. Undefined where
 * the user wants nothing kept, and where coverage is measured.
 */
function placeOfCode([word = '', ...words]: readonly string[]): string | undefined {
  const { env } = process;
  const folder = cacheFolder(env);
  const isUnwanted = env['NODE_DISABLE_COMPILE_CACHE'] || env['NODE_V8_COVERAGE'] || words.includes('--no-cache');
  // Node 22 has crc32 from 22.2 on.
  if (folder === undefined || isUnwanted || crc32 === undefined) return undefined;
  const command = /^[a-z]{1,20}$/.test(word) ? word : 'pc';
  const sums = [cachedDataVersionTag(), crc32(main)].map((sum) => sum.toString(16).padStart(8, '0'));
  return join(folder, `${command}-${sums.join('')}${CODE_SUFFIX}`);
}

/** Starts the program with the code that was kept; keeps it where there was none of a file, or much less than the run needed. */
function startFrom(place: string): void {
  const tag = cachedDataVersionTag();
  const kept = loadCode(place);
  const loader = new FileLoader(kept?.files ?? new Map(), createRequire(main));
  process.on('exit', (status) => {
    const bytecode = getHeapCodeStatistics().bytecode_and_metadata_size;
    const isEnough = kept !== undefined && loader.hasKeptAll && bytecode <= kept.bytecode * GROWTH;
    if (isEnough || !ANSWERED.includes(status)) return;
    // Code is for an engine with the very flags that it was made with.
    if (cachedDataVersionTag() !== tag) compileAsUsual();
    if (cachedDataVersionTag() === tag) keepCode(place, () => ({ bytecode, files: loader.code() }));
  });
  loader.load(main);
}
