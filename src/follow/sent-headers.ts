import type { HeaderValueOption } from '../model/generated/envoy-api.ts';
import type { SentUpstream } from '../trace/sent-upstream.ts';
import type { Outcome } from '../trace/trace-answer.ts';

type Sent = Extract<SentUpstream, { kind: 'http' }>;
type Lines = readonly (readonly [string, string])[];

export interface SentHeaders {
  readonly lines: Lines;
  /** Headers whose value is worked out at run time: their format string stands in its place. */
  readonly computed: readonly string[];
}

interface Level {
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
}

/**
 * The headers of the request that goes upstream: those that the router got, changed by the arm, the route, the virtual host and the route
 * config, in this order (the other way round with most_specific_header_mutations_wins), each removing before it adds.
 * Source: source/common/router/config_impl.cc RouteEntryImplBase::finalizeRequestHeaders, getHeaderParsers; header_parser.cc evaluateHeaders.
 */
export function sentHeaders({ request, place }: Sent, upstream: Outcome['upstream_request']): SentHeaders {
  const { routeConfig, virtualHost, route, arm } = place;
  const levels: readonly (Level | undefined)[] = [arm, route, virtualHost, routeConfig];
  const ordered = routeConfig?.most_specific_header_mutations_wins === true ? [...levels].reverse() : levels;
  const computed = new Set<string>();
  let lines: Lines = [...request.headers.names()]
    .filter((name) => !name.startsWith(':'))
    .flatMap((name) => request.headers.all(name).map((value) => [name, value] as const));
  for (const level of ordered) {
    const gone = new Set((level?.request_headers_to_remove ?? []).map((name) => name.toLowerCase()));
    lines = lines.filter(([name]) => !gone.has(name));
    for (const option of level?.request_headers_to_add ?? []) lines = added(lines, option, request, computed);
  }
  const isRewritten = upstream !== null && upstream.path !== request.path;
  if (isRewritten) lines = [...lines.filter(([name]) => name !== 'x-envoy-original-path'), ['x-envoy-original-path', request.path]];
  if (virtualHost?.include_request_attempt_count === true)
    lines = [...lines.filter(([name]) => name !== 'x-envoy-attempt-count'), ['x-envoy-attempt-count', '1']];
  return { lines, computed: [...computed] };
}

function added(lines: Lines, option: HeaderValueOption, request: Sent['request'], computed: Set<string>): Lines {
  const name = (option.header?.key ?? '').toLowerCase();
  // Host and pseudo headers are not changed by headers_to_add.
  if (name === '' || name.startsWith(':') || name === 'host') return lines;
  const value = textOf(option.header?.value ?? '', request);
  if (value === undefined) computed.add(name);
  const text = value ?? option.header?.value ?? '';
  if (text === '' && option.keep_empty_value !== true) return lines;
  const exists = lines.some(([known]) => known === name);
  const action = option.append_action ?? (option.append === false ? 'OVERWRITE_IF_EXISTS_OR_ADD' : 'APPEND_IF_EXISTS_OR_ADD');
  if (action === 'ADD_IF_ABSENT' && exists) return lines;
  if (action === 'OVERWRITE_IF_EXISTS' && !exists) return lines;
  const kept = action === 'APPEND_IF_EXISTS_OR_ADD' || action === 'ADD_IF_ABSENT' ? lines : lines.filter(([known]) => known !== name);
  return [...kept, [name, text]];
}

/** A format string's text where the request tells it; undefined for operators that only run time knows. */
function textOf(format: string, request: Sent['request']): string | undefined {
  let isKnown = true;
  const text = format.replace(/%%|%([A-Z_]+)(?:\(([^)]*)\))?(?::\d+)?%/g, (whole, operator: string | undefined, argument: string | undefined) => {
    if (whole === '%%') return '%';
    const value = operatorValue(operator ?? '', argument, request);
    if (value === undefined) isKnown = false;
    return value ?? '';
  });
  return isKnown ? text : undefined;
}

function operatorValue(operator: string, argument: string | undefined, { headers, facts }: Sent['request']): string | undefined {
  if (operator === 'REQ' && argument !== undefined) return headers.first((argument.split('?')[0] ?? '').toLowerCase()) ?? '';
  if (operator === 'DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT') return facts.remoteAddress === '' ? undefined : facts.remoteAddress;
  if (operator === 'DOWNSTREAM_LOCAL_PORT') return facts.localPort === undefined ? undefined : String(facts.localPort);
  return operator === 'REQUESTED_SERVER_NAME' ? (facts.sni ?? '') : undefined;
}
