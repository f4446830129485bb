import { createReadStream, createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { listFiles } from '../list-files.ts';

/** Packs the files of a folder into FILE.tar.gz, below one folder of the given name. The file gets its name when it is whole. */
export async function packFolder(folder: string, file: string, root: string): Promise<void> {
  const archive = pack();
  const partial = `${file}.partial`;
  const written = pipeline(archive, createGzip(), createWriteStream(partial, { mode: 0o600 }));
  const filled = (async () => {
    for (const path of listFiles(folder, () => undefined)) {
      const from = join(folder, ...path);
      const { size, mtime } = statSync(from);
      const entry = archive.entry({ name: [root, ...path].join('/'), size, mtime, mode: 0o600 });
      await pipeline(createReadStream(from), entry);
    }
    archive.finalize();
  })();
  try {
    await Promise.all([written, filled]);
  } catch (error) {
    archive.destroy();
    rmSync(partial, { force: true });
    throw error;
  }
  renameSync(partial, file);
}
