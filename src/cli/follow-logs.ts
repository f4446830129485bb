import { readDebugLine } from '../accesslog/debug-line.ts';
import { DebugStories } from '../accesslog/debug-stories.ts';
import type { LogEntry } from '../accesslog/log-entry.ts';
import { LogSummary } from '../accesslog/log-summary.ts';
import { causeText, explainEntry } from '../diagnostics/explain-entry.ts';
import { plural } from '../diagnostics/words.ts';
import { storyText } from '../render/story-text.ts';
import { styleFor } from '../render/style.ts';
import { entryLine, entryText, summaryText } from '../render/why-text.ts';
import type { StoryOptions } from './debug-log.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';
import type { LogSource } from './log-sources.ts';
import { isWantedEntry, isWantedStory } from './why-filters.ts';
import type { LineContext } from './why-line.ts';

/** A request of a debug log that is done is told when nothing more has come of it for this long. */
const QUIET_MS = 500;

/**
 * Tells requests as they fail (or fit the filters), until the logs end or someone ends the program: a line for each, a whole explanation for
 * the first of its kind, the story where the log is at debug level. Then the sum of all.
 */
export async function followLogs(sources: readonly LogSource[], context: LineContext, options: StoryOptions, io: Io): Promise<ExitStatus> {
  const teller = new Teller(context, options, io, sources.length > 1);
  await Promise.all(
    sources.map(async ({ label, lines }) => {
      const stories = teller.storiesOf(label);
      const timer = setInterval(() => stories.tellQuiet(), QUIET_MS);
      try {
        for await (const some of lines) for (const line of some) teller.take(line, stories, label);
      } finally {
        clearInterval(timer);
      }
      stories.finish();
    }),
  );
  teller.end();
  return teller.found > 0 ? EXIT.finding : EXIT.fine;
}

class Teller {
  found = 0;
  private readonly summary = new LogSummary();
  private readonly told = new Set<string>();
  private readonly context: LineContext;
  private readonly options: StoryOptions;
  private readonly io: Io;
  private readonly isNamed: boolean;

  constructor(context: LineContext, options: StoryOptions, io: Io, isNamed: boolean) {
    this.context = context;
    this.options = options;
    this.io = io;
    this.isNamed = isNamed;
  }

  storiesOf(label: string): DebugStories {
    return new DebugStories((story) => {
      if ((story.path === '' && story.method === '') || !isWantedStory(story, this.options)) return;
      this.found++;
      if (this.options.output === 'json') this.io.out(`${JSON.stringify({ version: 1, log: label, story })}\n`);
      else this.io.out(`${this.prefix(label)}${storyText(story, styleFor(this.io.color))}\n`);
    });
  }

  /** A line of an access log, or of Envoy's own: pods write both to one log. */
  take(line: string, stories: DebugStories, label: string): void {
    if (line === '') return;
    const isOwn = readDebugLine(line) !== undefined;
    const entry = isOwn || line.startsWith("'") ? undefined : this.context.read(line);
    if (entry === undefined) {
      stories.add(line);
      if (!isOwn && stories.understood === 0) this.summary.add(undefined, line);
      return;
    }
    this.summary.add(entry, line);
    if (!isWantedEntry(entry, this.options)) return;
    this.found++;
    this.tell(entry, label);
  }

  private tell(entry: LogEntry, label: string): void {
    const explained = explainEntry(entry);
    if (this.options.output === 'json') {
      this.io.out(`${JSON.stringify({ version: 1, log: label, entry, ...explained })}\n`);
      return;
    }
    const style = styleFor(this.io.color);
    this.io.out(`${this.prefix(label)}${entryLine(entry, causeText(entry), style)}`);
    const kind = [entry.status, entry.flags, entry.details, entry.cluster].join(' ');
    if (this.told.has(kind)) return;
    this.told.add(kind);
    const width = this.io.columns ?? 120;
    this.io.out(`\n${entryText(explained, undefined, { style, width })}\n`);
  }

  private prefix(label: string): string {
    return this.isNamed ? `${label}  ` : '';
  }

  end(): void {
    const { lines, unknown, unknownSamples } = this.summary;
    if (unknown > 0) {
      this.io.err(`note[PC1051]: ${plural(unknown, 'line')} ${unknown === 1 ? 'is' : 'are'} in no format that pc knows (give it with --format); the first:\n`);
      for (const line of unknownSamples) this.io.err(`  ${line}\n`);
    }
    if (this.options.output === 'json' || lines === unknown) return;
    this.io.out(`\n${summaryText(this.summary, { style: styleFor(this.io.color), limit: this.options.limit })}`);
  }
}
