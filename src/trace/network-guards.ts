import type { DumpPath } from '../dump/dump-path.ts';
import type { HttpConnectionManager } from '../model/generated/envoy-api.ts';
import type { GuardAlternative } from './network-filter.ts';
import type { Outcome } from './trace-answer.ts';

/** One way through the network filters: it ends, or a connection manager takes over. */
export interface NetworkWay {
  readonly conditions: readonly string[];
  readonly end: readonly Outcome[] | null;
  readonly http: { readonly hcm: HttpConnectionManager; readonly path: DumpPath; readonly document: string } | null;
}

/** A filter that decides whether a connection goes on. */
export interface Guard {
  readonly phase: 'connection' | 'first bytes';
  readonly alternatives: readonly GuardAlternative[];
}

/** What guards let through, and every way in which they end the connection before. */
export function pastGuards(guards: readonly Guard[]): { readonly open: readonly (readonly string[])[]; readonly ended: readonly NetworkWay[] } {
  let open: readonly (readonly string[])[] = [[]];
  const ended: NetworkWay[] = [];
  for (const { alternatives } of guards) {
    const next: (readonly string[])[] = [];
    for (const conditions of open) {
      for (const alternative of alternatives) {
        const all = [...conditions, ...alternative.conditions];
        if (alternative.end === null) next.push(all);
        else ended.push({ conditions: all, end: [alternative.end], http: null });
      }
    }
    open = next;
  }
  return { open, ended };
}
