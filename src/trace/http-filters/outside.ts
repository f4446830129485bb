import { jqPath } from '../../dump/dump-path.ts';
import { isIstioPlugin } from '../istio-wasm.ts';
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

/** A Wasm module may do anything, as `other` says; Istio's own let everything through. */
export function wasm(other: (question: FilterQuestion) => FilterEffect): (question: FilterQuestion) => FilterEffect {
  return (question) => (isIstioPlugin(question.config, question.name) ? CONTINUES : other(question));
}

/** Istio before 1.5 asks Mixer about each request, which answers for its adapters. Source: istio/proxy src/envoy/http/mixer/filter.cc. */
export function mixer(): FilterEffect {
  return depends(
    'Mixer',
    { condition: 'Mixer allows the request', reply: null },
    { condition: 'Mixer denies the request (with 403 unless an adapter names another status)', reply: answered(403, '', 'UAEX') },
  );
}
