import type { RoutingDifference } from '../compare/compare-routing.ts';
import type { TraceRequest } from '../match/request.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import type { Style } from './style.ts';

const NAMED = 5;

/** Which requests go elsewhere, by host; then what could not be asked or said. In: how an answer is said in one line. */
export function routingText(routing: RoutingDifference, style: Style, answerText: (answer: TraceAnswer) => string): string[] {
  const { requests, changed, undetermined, notAsked } = routing;
  const plural = requests.length === 1 ? 'request' : 'requests';
  const lines = [
    changed.length === 0
      ? `all ${requests.length} ${plural} go where they went`
      : `${changed.length} of ${requests.length} ${plural} ${changed.length === 1 ? 'goes' : 'go'} elsewhere`,
  ];
  const byHost = new Map<string, typeof changed>();
  for (const one of changed) byHost.set(hostOf(one.request), [...(byHost.get(hostOf(one.request)) ?? []), one]);
  for (const [host, own] of byHost) {
    lines.push('', style.bold(host));
    for (const { request, before, after } of own) {
      lines.push(`  ${requestText(request)}`, `    ${style.red('-')} ${answerText(before)}`, `    ${style.green('+')} ${answerText(after)}`);
    }
  }
  if (undetermined.length > 0) lines.push('', style.bold('not determined'));
  for (const [text, count] of counted(undetermined.map(({ side, what }) => `on ${side}: ${what}`)))
    lines.push(`  ${count} ${count === 1 ? 'request' : 'requests'} ${text}`);
  if (notAsked.length > 0) lines.push('', style.bold('not asked'));
  const reasons = [...new Set(notAsked.map(({ what, why }) => `${what}: ${why}`))];
  for (const reason of reasons.slice(0, NAMED)) lines.push(`  ${reason}`);
  if (reasons.length > NAMED) lines.push(`  and ${reasons.length - NAMED} more, which -o json lists`);
  return lines;
}

function hostOf({ authority, tls, destination, listener, listenerName }: TraceRequest): string {
  const address = destination ?? listener;
  return authority ?? tls?.sni ?? (address === undefined ? (listenerName ?? '') : `${address.address}:${address.port}`);
}

/** `GET /items with x-user: jason, to 10.0.0.1:80`. */
function requestText({ scheme, method, path, headers, listener, listenerName, destination, tls }: TraceRequest): string {
  const what = scheme === 'tcp' ? 'a connection' : `${method ?? 'GET'} ${path ?? '/'}`;
  const with_ = (headers ?? []).map(([name, value]) => `${name}: ${value}`).join(', ');
  const address = destination ?? listener;
  const to = address === undefined ? listenerName : `${address.address}:${address.port}`;
  return `${what}${with_ === '' ? '' : ` with ${with_}`}${to === undefined ? '' : ` to ${to}`}${tls == null ? '' : ' over TLS'}`;
}

function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
