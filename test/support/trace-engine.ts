import type { TraceRequest } from '../../src/match/request.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import type { TraceAnswer } from '../../src/trace/trace-answer.ts';

const ENGINE = '../../src/trace/trace-request.ts';

/** The engine under test. */
export const traceRequest = ((await import(/* @vite-ignore */ ENGINE)) as { traceRequest: (proxy: ProxyConfig, request: TraceRequest) => TraceAnswer })
  .traceRequest;
