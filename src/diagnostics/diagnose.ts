import { CATALOGUE } from './catalogue.ts';
import { frameEvidence } from './evidence-frame.ts';
import type { BreakFacts, EvidenceFrame } from './facts.ts';

/** A break, said in words; what the terminal and the JSON document show. */
export interface Diagnostic {
  readonly id: string;
  readonly slug: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly title: string;
  readonly why: string;
  /** What the client sees, checkable with curl; '' where nothing can be said. */
  readonly expect: string;
  /** The places that prove it, with the dump's lines, the most telling first. */
  readonly evidence: readonly EvidenceFrame[];
  readonly closest: readonly string[];
  readonly hints: readonly string[];
  /** Rules of other tools that speak of the same fault. */
  readonly related: readonly string[];
  /** YAML that would mend it. */
  readonly manifest: string | undefined;
}

/** Says a break of the catalogue in words. Undefined for an id that the catalogue does not have. */
export function diagnose(id: string, facts: BreakFacts): Diagnostic | undefined {
  const entry = CATALOGUE.get(id);
  if (entry === undefined) return undefined;
  return {
    id,
    slug: entry.slug,
    severity: entry.severity,
    title: entry.title(facts),
    why: entry.why(facts),
    expect: shareText(facts) + expectation(facts),
    evidence: facts.evidence.map((place) =>
      frameEvidence(place.note === undefined && entry.note !== undefined ? { ...place, note: entry.note(facts) } : place, place.proxy ?? facts.proxy),
    ),
    closest: entry.closest?.(facts) ?? [],
    hints: entry.hints(facts),
    related: facts.producer === 'istio' ? (entry.related ?? []) : [],
    manifest: entry.manifest?.(facts),
  };
}

/** `for 80 % of the requests: ` where it is not all of them. */
function shareText(facts: BreakFacts): string {
  return facts.percent === undefined || facts.percent > 99.999 ? '' : `for ${Math.round(facts.percent * 100) / 100} % of the requests: `;
}

/** `503, response flag NC, details cluster_not_found`. */
export function expectation(facts: Pick<BreakFacts, 'status' | 'flags' | 'details' | 'connection' | 'location'>): string {
  const parts: string[] = [];
  if (facts.status !== null) parts.push(String(facts.status));
  if (facts.connection !== null) parts.push(`connection ${facts.connection}`);
  if (facts.flags !== null) parts.push(`response flag ${facts.flags}`);
  if (facts.details !== null && facts.details !== '') parts.push(`details ${facts.details}`);
  if (facts.location !== null) parts.push(`location ${facts.location}`);
  return parts.join(', ');
}
