import type { ProxyDifference } from '../compare/compare-proxies.ts';
import { compareRouting, type RoutingDifference } from '../compare/compare-routing.ts';
import type { JsonValue } from '../dump/json-value.ts';
import type { TraceRequest } from '../match/request.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { differs } from '../render/diff-document.ts';
import { headLines, missingLines, summaryLine } from '../render/diff-text.ts';
import { routingText } from '../render/routing-text.ts';
import { shownAnswer, shownRequest } from '../render/shown-request.ts';
import { styleFor } from '../render/style.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';

export interface RoutingOutput {
  readonly labels: readonly [a: string, b: string];
  readonly output: string;
  readonly showSecrets: boolean;
  /** Takes the document, where the output is one. */
  readonly documents: JsonValue[];
}

/**
 * Tells which requests go elsewhere. Out: 1 where any does; 3 where none is seen to, but the configurations differ and a side could not say
 * of every request where it goes; else 0.
 */
export function printRouting(
  a: ProxyConfig,
  b: ProxyConfig,
  difference: ProxyDifference,
  { labels, output, documents, showSecrets }: RoutingOutput,
  io: Io,
): ExitStatus {
  const routing = showSecrets ? compareRouting(a, b) : withoutCredentials(compareRouting(a, b));
  const { requests, changed, undetermined, toTheCluster, notAsked } = routing;
  const style = styleFor(io.color);
  if (output === 'text') {
    const lines = [...headLines({ labels, style }), summaryLine(difference), ...missingLines(difference, labels), ...routingText(routing, style)];
    io.out(`${lines.join('\n')}\n`);
  } else {
    const document = {
      version: 1,
      a: labels[0],
      b: labels[1],
      differs: changed.length > 0,
      requests,
      changed,
      undetermined,
      to_the_cluster: toTheCluster,
      not_asked: notAsked,
    };
    documents.push(document as unknown as JsonValue);
  }
  if (changed.length > 0) return EXIT.finding;
  return differs(difference) && undetermined.length > 0 ? EXIT.undetermined : EXIT.fine;
}

/** The same for the eyes of everybody: what a route's match wants of a credential is not told. */
function withoutCredentials(routing: RoutingDifference): RoutingDifference {
  const shown = <T extends { readonly request: TraceRequest }>(one: T): T => ({ ...one, request: shownRequest(one.request) });
  return {
    ...routing,
    requests: routing.requests.map(shownRequest),
    changed: routing.changed.map((one) => ({ ...shown(one), before: shownAnswer(one.before), after: shownAnswer(one.after) })),
    undetermined: routing.undetermined.map(shown),
  };
}
