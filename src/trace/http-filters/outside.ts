import { jqPath } from '../../dump/dump-path.ts';
import { answered, CONTINUES, depends, type FilterEffect, type FilterQuestion } from './filter.ts';

/** A filter that may answer or let go by, as a service or a counter outside the dump decides. */
export function outside(what: string, refusal: { status: number; details: string; flags: string | null }): (question: FilterQuestion) => FilterEffect {
  return () =>
    depends(
      what,
      { condition: `${what}: the request is let through`, reply: null },
      { condition: `${what}: the request is refused`, reply: answered(refusal.status, refusal.details, refusal.flags) },
    );
}

/** A filter whose effect cannot be told at all from a dump. */
export function opaque(what: string): (question: FilterQuestion) => FilterEffect {
  return ({ path, name }) => ({ ...CONTINUES, says: `${name}: ${what}`, gap: { id: 'PC9002', what: `the filter "${name}" ${what}`, path: jqPath(path) } });
}
