import { plural } from '../diagnostics/words.ts';
import type { Outcome, TraceAnswer } from '../trace/trace-answer.ts';

/** A trace's verdict in one line: `broken NC (cluster_not_found)`, `answered 404`, `forwarded to catalog`, with its share where there are several. */
export function verdictText(answer: TraceAnswer): string {
  if (answer.verdict === 'undetermined') return `undetermined${answer.gap === null ? '' : ` (${answer.gap.what})`}`;
  const texts = answer.outcomes.map((outcome) => {
    const share =
      outcome.probability === null
        ? ` if ${outcome.conditions.join(' and ')}`
        : outcome.probability < 1
          ? ` ${Math.round(outcome.probability * 1000) / 10} %`
          : '';
    return `${outcomeText(outcome)}${share}`;
  });
  return [...new Set(texts)].join(', ');
}

function outcomeText({ verdict, status, flags, details, cluster, connection, endpoints }: Outcome): string {
  const facts = [flags, status === null ? connection : String(status)].filter((fact) => fact !== null);
  if (verdict === 'forwarded') return `forwarded to ${cluster ?? 'a cluster'}${endpoints === null ? '' : ` (${plural(endpoints.length, 'endpoint')})`}`;
  return `${verdict}${facts.length === 0 ? '' : ` ${facts.join(' ')}`}${details === null ? '' : ` (${details})`}`;
}
