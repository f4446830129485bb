import type { RoutingDifference } from '../compare/compare-routing.ts';
import { ELSEWHERE, exampleHost } from '../compare/sample-connection.ts';
import { plural } from '../diagnostics/words.ts';
import type { TraceRequest } from '../match/request.ts';
import { destinationText } from './destination-text.ts';
import type { Style } from './style.ts';

const NAMED = 5;

/** Which requests go elsewhere, by host; then what could not be asked or said. */
export function routingText(routing: RoutingDifference, style: Style): string[] {
  const { requests, changed, undetermined, toTheCluster, notAsked } = routing;
  const asked = plural(requests.length, 'request');
  const lines = [changed.length === 0 ? `all ${asked} go where they went` : `${changed.length} of ${asked} ${changed.length === 1 ? 'goes' : 'go'} elsewhere`];
  for (const [text, hosts] of sameChanges(changed, style)) lines.push('', style.bold(hosts.join(', ')), text);
  if (toTheCluster > 0)
    lines.push(
      '',
      `${toTheCluster} of them are followed to the cluster and no further: its endpoints are not in the input (/config_dump?include_eds has them)`,
    );
  if (undetermined.length > 0) lines.push('', style.bold('not determined'));
  for (const [text, count] of counted(undetermined.map(({ side, what }) => `on ${side}: ${what}`))) lines.push(`  ${plural(count, 'request')} ${text}`);
  if (notAsked.length > 0) lines.push('', style.bold('not asked'));
  const reasons = [...new Set(notAsked.map(({ what, why }) => `${what}: ${why}`))];
  for (const reason of reasons.slice(0, NAMED)) lines.push(`  ${reason}`);
  if (reasons.length > NAMED) lines.push(`  and ${reasons.length - NAMED} more, which -o json lists`);
  return lines;
}

/** The lines of each host; hosts of which the same is to be said stand together, as the names of one service do. */
function sameChanges(changed: RoutingDifference['changed'], style: Style): ReadonlyMap<string, readonly string[]> {
  const byHost = new Map<string, string[]>();
  for (const { request, before, after } of changed) {
    const lines = byHost.get(hostOf(request)) ?? [];
    lines.push(`  ${requestText(request)}`, `    ${style.red('-')} ${destinationText(before)}`, `    ${style.green('+')} ${destinationText(after)}`);
    byHost.set(hostOf(request), lines);
  }
  const byText = new Map<string, string[]>();
  for (const [host, lines] of byHost) {
    const hosts = byText.get(lines.join('\n')) ?? [];
    byText.set(lines.join('\n'), [...hosts, host]);
  }
  return byText;
}

function hostOf({ authority, tls, destination, listener, listenerName }: TraceRequest): string {
  const name = authority ?? tls?.sni;
  if (name != null) return name === exampleHost('*') ? `any other host (asked as ${name})` : name;
  const address = destination ?? listener;
  if (address === undefined) return listenerName ?? '';
  const text = `${address.address}:${address.port}`;
  return address.address === ELSEWHERE.address ? `any other address (asked as ${text})` : text;
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
