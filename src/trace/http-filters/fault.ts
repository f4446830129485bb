import { compileHeader, parseInt64 } from '../../match/header-matcher.ts';
import { type Fraction, fractionByKey, fractionOf } from '../../match/runtime-fraction.ts';
import { runtimeInteger } from '../../match/runtime-integer.ts';
import type { FaultAbort, HTTPFault } from '../../model/generated/envoy-api.ts';
import { answered, CONTINUES, type FilterAlternative, type FilterEffect, type FilterQuestion } from './filter.ts';

/**
 * The fault filter aborts its percentage of the requests that its cluster, headers and node filters pick; the most specific per-route
 * configuration replaces the filter's own. A delayed request carries DI as well.
 * Source: source/extensions/filters/http/fault/fault_filter.cc FaultFilter::decodeHeaders, maybeDoAbort.
 */
export function fault(question: FilterQuestion): FilterEffect {
  const config = (question.perRoute ?? question.config) as unknown as HTTPFault;
  if (!applies(config, question)) return CONTINUES;
  const delay = chanceOf(delayFraction(config, question));
  const abort = chanceOf(abortFraction(config, question));
  const status = abortStatus(config.abort, config, question);
  const chance = status === undefined ? 0 : abort;
  if (chance === 0 && delay === 0) return CONTINUES;
  const alternatives: FilterAlternative[] = [];
  const both = (probability: number, delayed: boolean): void => {
    if (probability === 0) return;
    const flags = delayed ? 'DI,FI' : 'FI';
    const reply = answered(status?.http ?? 0, 'fault_filter_abort', flags, { grpcStatus: status?.grpc, break: 'PC7001' });
    if (chance > 0) alternatives.push({ probability: probability * chance, conditions: [], reply });
    if (chance < 1) alternatives.push({ probability: probability * (1 - chance), conditions: [], reply: null, ...(delayed ? { flag: 'DI' } : {}) });
  };
  both(delay, true);
  both(1 - delay, false);
  const says = [...(delay > 0 ? [`delays ${delay * 100} %`] : []), ...(chance > 0 ? [`aborts ${chance * 100} % with ${status?.http}`] : [])];
  return { alternatives, says: `fault: ${says.join(', ')}` };
}

function applies(config: HTTPFault, { request, cluster, route }: FilterQuestion): boolean {
  if (config.upstream_cluster && (route?.route === undefined || cluster !== config.upstream_cluster)) return false;
  if (!(config.headers ?? []).every((header) => compileHeader(header).matches(request.headers))) return false;
  // Without room for a single fault there is none.
  if (config.max_active_faults === 0) return false;
  const nodes = config.downstream_nodes ?? [];
  return nodes.length === 0 || nodes.includes(request.headers.first('x-envoy-downstream-service-node') ?? '');
}

function chanceOf({ numerator, denominator }: Fraction): number {
  return Math.min(1, numerator / denominator);
}

/** Runtime replaces the percentage: `fault.http.abort.abort_percent`, or the key that the configuration names. */
function abortFraction(config: HTTPFault, question: FilterQuestion): Fraction {
  const fallback = headerPercentage(fractionOf(config.abort?.percentage), config.abort?.header_abort !== undefined, 'abort', question);
  return config.abort === undefined
    ? fractionOf(undefined)
    : fractionByKey(config.abort_percent_runtime || 'fault.http.abort.abort_percent', fallback, question.index.runtime.get);
}

function delayFraction(config: HTTPFault, question: FilterQuestion): Fraction {
  const { delay } = config;
  if (delay === undefined) return fractionOf(undefined);
  if (delay.header_delay !== undefined && question.request.headers.first('x-envoy-fault-delay-request') === undefined) return fractionOf(undefined);
  const fallback = headerPercentage(fractionOf(delay.percentage), delay.header_delay !== undefined, 'delay', question);
  return fractionByKey(config.delay_percent_runtime || 'fault.http.delay.fixed_delay_percent', fallback, question.index.runtime.get);
}

/** A header-controlled fault may lower its percentage by a header of the request, never raise it. */
function headerPercentage(configured: Fraction, isByHeader: boolean, kind: 'abort' | 'delay', { request }: FilterQuestion): Fraction {
  const text = isByHeader ? request.headers.first(`x-envoy-fault-${kind}-request-percentage`) : undefined;
  return text !== undefined && /^\d+$/.test(text) ? { ...configured, numerator: Math.min(Number(text), configured.numerator) } : configured;
}

function abortStatus(abort: FaultAbort | undefined, config: HTTPFault, { request, index }: FilterQuestion): { http: number; grpc?: number } | undefined {
  if (abort === undefined) return undefined;
  if (abort.header_abort !== undefined) {
    const http = parseInt64(request.headers.first('x-envoy-fault-abort-request') ?? '');
    if (http !== undefined && http >= 200n && http < 600n) return { http: Number(http) };
    const grpc = parseInt64(request.headers.first('x-envoy-fault-abort-grpc-request') ?? '');
    return grpc === undefined ? undefined : { http: 200, grpc: Number(grpc) };
  }
  const runtimeStatus = runtimeInteger(index.runtime.get, config.abort_http_status_runtime || 'fault.http.abort.http_status');
  if (abort.http_status !== undefined) return { http: runtimeStatus ?? abort.http_status };
  return abort.grpc_status === undefined ? undefined : { http: 200, grpc: abort.grpc_status };
}
