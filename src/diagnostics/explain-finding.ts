import type { ProxyConfig } from '../model/proxy-config.ts';
import { frameEvidence } from './evidence-frame.ts';
import type { Evidence, EvidenceFrame, Producer } from './facts.ts';
import type { FindingFacts, Severity } from './findings/finding-entry.ts';
import { FINDINGS } from './findings/index.ts';

/** A finding of `pc check` in words. */
export interface ExplainedFinding {
  readonly id: string;
  readonly slug: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly hints: readonly string[];
  readonly evidence: EvidenceFrame;
  /** What it is about: with the id, the key of a baseline. */
  readonly subject: string;
  readonly proxy: string;
}

interface Found {
  readonly id: string;
  readonly subject: string;
  readonly facts: FindingFacts;
  readonly evidence: Evidence;
  readonly severity?: Severity;
}

/** Says a finding in words. Throws an Error for an id without an entry: a fault of ours. */
export function explainFinding(found: Found, proxy: ProxyConfig, producer: Producer): ExplainedFinding {
  const entry = FINDINGS.get(found.id);
  if (entry === undefined) throw new Error(`no words for finding ${found.id}`);
  const { id, slug, severity } = entry;
  return {
    id,
    slug,
    severity: found.severity ?? severity,
    title: entry.title(found.facts),
    why: entry.why(found.facts),
    hints: entry.hints(found.facts, producer),
    evidence: frameEvidence(found.evidence, proxy),
    subject: found.subject,
    proxy: proxy.label,
  };
}
