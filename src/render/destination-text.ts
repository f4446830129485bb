import type { Destination } from '../compare/compare-routing.ts';
import type { Outcome } from '../trace/trace-answer.ts';

/** Where a request goes, in one line: `to v1 20 %, 503 NC (cluster_not_found) for v2 80 %`, `302 to https://a.com/`, `not determined: …`. */
export function destinationText(answer: Destination): string {
  if (answer.gap !== null) {
    const reached = answer.reached === undefined || answer.reached.length === 0 ? '' : `to ${answer.reached.join(', to ')}; `;
    return `${reached}not determined: ${answer.gap.what}`;
  }
  const texts = answer.outcomes.map((outcome) => `${outcomeText(outcome)}${shareText(outcome)}`);
  return [...new Set(texts)].join(', ');
}

function outcomeText({ verdict, status, flags, details, cluster, location, connection }: Outcome): string {
  if (verdict === 'forwarded') return `to ${cluster ?? 'a cluster'}`;
  const facts = [status, flags].filter((fact) => fact !== null).join(' ');
  const ended = connection === null ? '' : `connection ${connection}`;
  const about = location !== null ? ` to ${location}` : details === null ? '' : ` (${details})`;
  const said = facts === '' && about === '' ? '' : `${facts}${about}`;
  return `${[ended, said].filter((part) => part !== '').join(', ') || verdict}${verdict === 'broken' && cluster !== null ? ` for ${cluster}` : ''}`;
}

function shareText({ probability, conditions }: Outcome): string {
  if (probability === null) return ` if ${conditions.join(' and ')}`;
  return probability < 1 ? ` ${Math.round(probability * 1e4) / 100} %` : '';
}
