import type { DebugStory } from '../accesslog/debug-stories.ts';
import type { LogEntry } from '../accesslog/log-entry.ts';
import { isFailure } from '../accesslog/log-summary.ts';

/** Which requests of a log are meant. */
export interface WhyFilters {
  readonly id: string | undefined;
  readonly status: string | undefined;
  readonly path: string | undefined;
  readonly host: string | undefined;
}

export function isFiltered({ id, status, path, host }: WhyFilters): boolean {
  return [id, status, path, host].some((filter) => filter !== undefined);
}

/** `--status`, `--path`, `--host` and `--id`; all that are given must fit. */
export function fitsFilters(
  request: { readonly requestId: string; readonly status: number; readonly path: string; readonly authority: string },
  filters: WhyFilters,
): boolean {
  const { id, status, path, host } = filters;
  return (
    (id === undefined || request.requestId === id) &&
    (status === undefined || String(request.status) === status) &&
    (path === undefined || request.path.startsWith(path)) &&
    (host === undefined || request.authority === host)
  );
}

/** Whether a line of an access log is to be told by itself: it fits the filters, or failed where there are none. */
export function isWantedEntry(entry: LogEntry, filters: WhyFilters): boolean {
  return isFiltered(filters) ? fitsFilters(entry, filters) : isFailure(entry);
}

/** Whether a story of a debug log is to be told: it fits the filters, or failed where there are none. */
export function isWantedStory(story: DebugStory, filters: WhyFilters): boolean {
  if (!isFiltered(filters)) return story.status >= 500 || story.status === 0;
  return fitsFilters(story, filters) || (story.stream === filters.id && fitsFilters(story, { ...filters, id: undefined }));
}
