import { createReadStream, type Stats, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { ByteSource, SourceStore } from '../dump/byte-source.ts';
import { Failure } from '../dump/failure.ts';
import { briefFileSource, fileSource } from './file-source.ts';
import type { ReadingOptions } from './reading-options.ts';
import { unreadable } from './source-error.ts';
import { Spool } from './spool.ts';

const PIECE = 1 << 18;
/** Smaller files are gone through about as fast as an index of them is fetched. */
const CACHED_FROM = 1 << 24;

/** What `-f -` is called. */
export const STDIN_LABEL = 'stdin';

/** What stands at a path. Throws Failure PC1013. */
export function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * A file's bytes: read where they are asked for; those of a pipe are kept in a spool.
 * In: also whether it is one of many, which are not all kept open. Throws Failure PC1013, PC1038.
 */
export async function openFile(path: string, label: string, options: ReadingOptions = {}, isOneOfMany = false): Promise<ByteSource> {
  const stat = statOf(path);
  try {
    if (stat.isFile() && isOneOfMany) return briefFileSource(path, label, options.onRead);
    if (stat.isFile()) return fileSource(path, label, options.onRead, await keeperOf(stat.size, options));
    return await streamSource(createReadStream(path, { highWaterMark: PIECE }), label, options);
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(label, error);
  }
}

/** What keeps an index of a file of this size; undefined where none is kept. Loaded when it is needed: most files are small. */
async function keeperOf(size: number, { cacheFolder }: ReadingOptions): Promise<((path: string, handle: number) => SourceStore) | undefined> {
  if (cacheFolder === undefined || size < CACHED_FROM) return undefined;
  const { indexStore } = await import('./index-cache.ts');
  return (path, handle) => indexStore(cacheFolder, path, handle);
}

/** Everything that a stream gives, to be read anywhere. Throws Failure PC1038 where there is no room for it. */
export async function streamSource(stream: Readable, label: string, { onRead }: ReadingOptions = {}): Promise<ByteSource> {
  const spool = new Spool(label, { onRead });
  try {
    for await (const piece of stream) {
      spool.add(piece as Uint8Array);
      onRead?.(label, (piece as Uint8Array).length, undefined);
    }
    return spool.source();
  } catch (error) {
    spool.discard();
    throw error;
  }
}
