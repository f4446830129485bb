import { compileFormat, ENVOY_FORMAT, ISTIO_FORMAT, OLD_ISTIO_FORMAT } from './format-string.ts';
import { jsonReader } from './json-lines.ts';
import type { LineReader, LogEntry } from './log-entry.ts';

/** What kubectl and container runtimes put before a line. */
const PREFIXES: readonly RegExp[] = [/^\[pod\/[^\]]+\] /, /^\d{4}-\d\d-\d\dT\S+ (?:stdout|stderr) [FP] /, /^\d{4}-\d\d-\d\dT[\d:.]+Z (?=[[{])/];

/**
 * Makes one reader of several formats: the one that fitted last is tried first, since a log is mostly of one format. Known ones stand
 * behind those that the caller names.
 */
export function lineReader(own: readonly LineReader[] = []): LineReader {
  const json = jsonReader();
  const readers = [...own, ...[ISTIO_FORMAT, OLD_ISTIO_FORMAT, ENVOY_FORMAT].map(compileFormat), json];
  let last = 0;
  const readPlain = (line: string): LogEntry | undefined => {
    const again = (readers[last] as LineReader)(line);
    if (again !== undefined) return again;
    for (const [i, read] of readers.entries()) {
      if (i === last || (read === json && line[0] !== '{')) continue;
      const found = read(line);
      if (found !== undefined) {
        last = i;
        return found;
      }
    }
    return undefined;
  };
  return (line) => {
    const found = readPlain(line);
    if (found !== undefined) return found;
    for (const prefix of PREFIXES) {
      const rest = line.replace(prefix, '');
      if (rest.length < line.length) return readPlain(rest);
    }
    return undefined;
  };
}

/** Splits pieces of a stream into lines; the last one without its newline too. Memory: one line. */
export async function* splitLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield [rest];
}
