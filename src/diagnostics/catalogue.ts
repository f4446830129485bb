import { BORDER_BREAKS } from './breaks/border-breaks.ts';
import type { BreakEntry } from './breaks/break-entry.ts';
import { CLUSTER_BREAKS } from './breaks/cluster-breaks.ts';
import { FILTER_BREAKS } from './breaks/filter-breaks.ts';
import { GAPS } from './breaks/gaps.ts';
import { LISTENER_BREAKS } from './breaks/listener-breaks.ts';
import { ROUTE_BREAKS } from './breaks/route-breaks.ts';

/** Every break, in the order of the ids within each part. */
export const ALL_BREAKS: readonly BreakEntry[] = [...LISTENER_BREAKS, ...ROUTE_BREAKS, ...CLUSTER_BREAKS, ...BORDER_BREAKS, ...FILTER_BREAKS, ...GAPS];

/** The catalogue, by id. */
export const CATALOGUE: ReadonlyMap<string, BreakEntry> = new Map(ALL_BREAKS.map((entry) => [entry.id, entry]));
