import { CLUSTER_FINDINGS, TLS_FINDINGS } from './cluster-findings.ts';
import type { FindingEntry } from './finding-entry.ts';
import { LISTENER_FINDINGS } from './listener-findings.ts';
import { ROUTE_FINDINGS } from './route-findings.ts';

/** What `pc check` can find, by id. */
export const FINDINGS: ReadonlyMap<string, FindingEntry> = new Map(
  [...LISTENER_FINDINGS, ...ROUTE_FINDINGS, ...CLUSTER_FINDINGS, ...TLS_FINDINGS].map((entry) => [entry.id, entry]),
);
