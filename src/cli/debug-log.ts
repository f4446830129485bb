import { readDebugLine } from '../accesslog/debug-line.ts';
import { DebugStories, type DebugStory } from '../accesslog/debug-stories.ts';
import { storyText } from '../render/story-text.ts';
import { styleFor } from '../render/style.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';
import { isFiltered, isWantedStory, type WhyFilters } from './why-filters.ts';

export interface StoryOptions extends WhyFilters {
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
export async function tellStories(lines: AsyncIterable<readonly string[]>, options: StoryOptions, io: Io): Promise<ExitStatus> {
  const style = styleFor(io.color);
  const documents: DebugStory[] = [];
  let requests = 0;
  let found = 0;
  const stories = new DebugStories((story) => {
    if (story.path === '' && story.method === '') return;
    requests++;
    if (!isWantedStory(story, options)) return;
    found++;
    if (found > options.limit) return;
    if (options.output === 'json') documents.push(story);
    else io.out(`${found > 1 ? '\n' : ''}${storyText(story, style)}`);
  });
  for await (const some of lines) for (const line of some) stories.add(line);
  stories.finish();
  if (options.output === 'json') io.out(`${JSON.stringify({ version: 1, lines: stories.lines, requests, found, stories: documents }, null, 2)}\n`);
  else
    io.out(
      `${found > 0 ? '\n' : ''}${stories.lines} lines, ${requests} requests, ${found} ${isFiltered(options) ? 'that fit' : 'failed'}${found > options.limit ? `; ${options.limit} shown (--limit)` : ''}\n`,
    );
  return found > 0 ? EXIT.finding : EXIT.fine;
}
