import type { FindingEntry } from './finding-entry.ts';

/** What `pc check` can find, by id. */
export const FINDINGS: ReadonlyMap<string, FindingEntry> = new Map();
