import { readDebugLine } from '../accesslog/debug-line.ts';
import { DebugStories, type DebugStory } from '../accesslog/debug-stories.ts';
import { splitLines } from '../accesslog/read-lines.ts';
import { storyText } from '../render/story-text.ts';
import { styleFor } from '../render/style.ts';
import { pieces } from '../source/line-stream.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';

export interface StoryFilters {
  readonly id: string | undefined;
  readonly status: string | undefined;
  readonly path: string | undefined;
  readonly host: string | undefined;
  readonly limit: number;
  readonly output: string;
}

/** Lines that are looked at to tell what a log is. */
const SNIFFED = 200;

/** Whether these lines are of Envoy's own log at debug level: they speak of streams. */
export function isDebugLog(lines: readonly string[]): boolean {
  return lines.slice(0, SNIFFED).some((line) => readDebugLine(line) !== undefined);
}

/** Tells the requests of a debug log that fit the filters; the failed ones where there are none. */
export async function tellStories(first: readonly string[], rest: AsyncIterable<readonly string[]>, filters: StoryFilters, io: Io): Promise<ExitStatus> {
  const style = styleFor(io.color);
  const documents: DebugStory[] = [];
  let requests = 0;
  let found = 0;
  const stories = new DebugStories((story) => {
    if (story.path === '' && story.method === '') return;
    requests++;
    if (!fits(story, filters)) return;
    found++;
    if (found > filters.limit) return;
    if (filters.output === 'json') documents.push(story);
    else io.out(`${found > 1 ? '\n' : ''}${storyText(story, style)}`);
  });
  for (const line of first) stories.add(line);
  for await (const lines of rest) for (const line of lines) stories.add(line);
  stories.finish();
  if (filters.output === 'json') io.out(`${JSON.stringify({ version: 1, lines: stories.lines, requests, found, stories: documents }, null, 2)}\n`);
  else
    io.out(
      `${found > 0 ? '\n' : ''}${stories.lines} lines, ${requests} requests, ${found} ${isFiltered(filters) ? 'that fit' : 'failed'}${found > filters.limit ? `; ${filters.limit} shown (--limit)` : ''}\n`,
    );
  return found > 0 ? EXIT.finding : EXIT.fine;
}

/** The lines of files, or of standard input, one after the other. */
export async function* linesOf(files: readonly string[]): AsyncGenerator<readonly string[]> {
  for (const file of files.length === 0 ? ['-'] : files) yield* splitLines(pieces(file));
}

function isFiltered({ id, status, path, host }: StoryFilters): boolean {
  return [id, status, path, host].some((filter) => filter !== undefined);
}

function fits(story: DebugStory, filters: StoryFilters): boolean {
  if (!isFiltered(filters)) return story.status >= 500 || story.status === 0;
  const { id, status, path, host } = filters;
  return (
    (id === undefined || story.requestId === id || story.stream === id) &&
    (status === undefined || String(story.status) === status) &&
    (path === undefined || story.path.startsWith(path)) &&
    (host === undefined || story.authority === host)
  );
}
