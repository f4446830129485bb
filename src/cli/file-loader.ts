import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import type { FileCode } from '../source/kept-code.ts';

interface Loaded {
  readonly module: { exports: unknown };
  readonly script: Script;
  /** Checksum of the source. */
  readonly source: number;
}

type Wrapped = (exports: unknown, require: (name: string) => unknown, module: Loaded['module'], filename: string, dirname: string) => void;

/**
 * Loads the files of the built program as Node loads CommonJS, with the code that the engine made of them in an earlier run. The files are
 * ASCII and have no import(): the build sees to that.
 */
export class FileLoader {
  private readonly kept: ReadonlyMap<string, FileCode>;
  private readonly requireOther: (name: string) => unknown;
  private readonly loaded = new Map<string, Loaded>();
  private hasAll = true;

  /** In: what was kept, by the path of each file; and what loads all that is no file of the program. */
  constructor(kept: ReadonlyMap<string, FileCode>, requireOther: (name: string) => unknown) {
    this.kept = kept;
    this.requireOther = requireOther;
  }

  /** Whether the code of every file that was loaded had been kept. */
  get hasKeptAll(): boolean {
    return this.hasAll;
  }

  /** What a file exports; the first time it is run. In: its absolute path. */
  load(path: string): unknown {
    return (this.loaded.get(path) ?? this.run(path)).module.exports;
  }

  /** What the engine has made of each file so far, with the functions that ran. */
  code(): ReadonlyMap<string, FileCode> {
    return new Map([...this.loaded].map(([path, { script, source }]) => [path, { source, code: script.createCachedData() }]));
  }

  private run(path: string): Loaded {
    const bytes = readFileSync(path);
    const source = crc32(bytes);
    const kept = this.kept.get(path);
    const script = new Script(`(function (exports, require, module, __filename, __dirname) {${bytes.toString('latin1')}\n})`, {
      filename: path,
      ...(kept?.source === source && { cachedData: kept.code }),
    });
    if (script.cachedDataRejected !== false) this.hasAll = false;
    const loaded: Loaded = { module: { exports: {} }, script, source };
    // Known before it has run: two files may need one another.
    this.loaded.set(path, loaded);
    try {
      const folder = dirname(path);
      const require = (name: string): unknown => (name.startsWith('.') ? this.load(join(folder, name)) : this.requireOther(name));
      (script.runInThisContext() as Wrapped)(loaded.module.exports, require, loaded.module, path, folder);
    } catch (error) {
      this.loaded.delete(path);
      throw error;
    }
    return loaded;
  }
}
