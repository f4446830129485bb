import { parseJqPath } from '../dump/parse-jq-path.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { frameEvidence } from './evidence-frame.ts';
import type { Evidence, EvidenceFrame, Producer } from './facts.ts';
import type { FindingFacts, ObjectWords, Severity } from './findings/finding-entry.ts';
import { FINDINGS } from './findings/index.ts';
import { locate } from './locate.ts';
import { editedKind, objectText, ownerOf } from './owner.ts';

/** Where something stands in the text of a file: lines and columns from 1, the end behind the last character. */
export interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A finding of `pc check` in words. */
export interface ExplainedFinding {
  readonly id: string;
  readonly slug: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly hints: readonly string[];
  readonly evidence: EvidenceFrame;
  /** Of the evidence, where the document is a JSON file. */
  readonly region?: Region;
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
    hints: entry.hints(found.facts, producer, objectWords(found.evidence, proxy, producer)),
    evidence: frameEvidence(found.evidence, proxy),
    subject: found.subject,
    proxy: proxy.label,
  };
}

/** Names the object that the place of the evidence was made of, where its metadata has it. */
function objectWords(evidence: Evidence, proxy: ProxyConfig, producer: Producer): ObjectWords {
  return (part) => {
    const steps = parseJqPath(evidence.path);
    const at = locate(proxy, evidence.document, steps) ?? locate(proxy, evidence.document, steps.slice(0, -1));
    const owner = at === undefined ? undefined : ownerOf(at);
    return owner === undefined ? `the ${editedKind(producer, part)}` : objectText(owner);
  };
}
