import { buildProxyConfig } from '../decode/build-proxy-config.ts';
import type { ObjectsVerdict } from '../diagnostics/objects/judge-break.ts';
import type { TraceRequest } from '../match/request.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { styleFor } from '../render/style.ts';
import { traceText } from '../render/trace-text.ts';
import { explainAnswer } from '../trace/explain-answer.ts';
import { spelledPaths } from '../trace/spelled-paths.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import { traceRequest } from '../trace/trace-request.ts';
import type { Io } from './io.ts';
import type { LiveInput } from './live-input.ts';

/** How a request is traced, and how much of it is shown. */
export interface TracingOptions {
  /** The random number that Envoy draws; every way is followed where it is undefined. */
  readonly random: bigint | undefined;
  readonly explain: boolean;
  /** Files or folders of Kubernetes objects that tell a break to its cause. */
  readonly objects: readonly string[];
}

/** What one proxy does with a request. */
export interface TracedProxy {
  readonly proxy: string;
  readonly answer: TraceAnswer;
  /** The answer as the contract has it: docs/trace-json.md. */
  readonly document: object;
  /** The same for a reader, with the pods behind endpoints where they are known. */
  text(): Promise<string>;
}

/** Traces a request through one proxy. Throws Failure PC10xx for objects that cannot be read. */
export async function tracedProxy(input: LiveInput, request: TraceRequest, options: TracingOptions, io: Io): Promise<TracedProxy> {
  const proxy = buildProxyConfig(input.name, input.documents, input.notes);
  const answer = spelledPaths(traceRequest(proxy, request, options.random === undefined ? {} : { random: options.random }), proxy);
  const diagnostics = explainAnswer(answer, request, proxy);
  const objects = options.objects.length === 0 ? [] : await judgeByObjects(options.objects, answer, request, proxy);
  return {
    proxy: input.name,
    answer,
    document: { ...answer, diagnostics, ...(options.objects.length > 0 ? { objects } : {}) },
    async text() {
      const style = styleFor(io.color);
      const width = io.columns ?? 120;
      let text = traceText(answer, request, diagnostics, { style, explain: options.explain, width });
      if (objects.length > 0) {
        const { objectsText } = await import('../render/objects-text.ts');
        text += objectsText(objects, { style, width });
      }
      if (input.pods === undefined) return text;
      const { tracedPods } = await import('./endpoint-pods.ts');
      for (const line of tracedPods(answer, input.pods)) text += `  ${line}\n`;
      return text;
    },
  };
}

/** What the objects of --objects say of each break of the answer. */
async function judgeByObjects(paths: readonly string[], answer: TraceAnswer, request: TraceRequest, proxy: ProxyConfig): Promise<readonly ObjectsVerdict[]> {
  const { readObjects } = await import('./object-files.ts');
  const { judgeBreak } = await import('../diagnostics/objects/judge-break.ts');
  const objects = await readObjects(paths);
  return [...new Set(answer.outcomes.flatMap((o) => o.break ?? []))].flatMap((id) => {
    const clusters = [...new Set(answer.outcomes.flatMap((o) => (o.break === id && o.cluster !== null ? [o.cluster] : [])))];
    return judgeBreak({ id, authority: request.authority ?? '', clusters }, objects, proxy) ?? [];
  });
}
