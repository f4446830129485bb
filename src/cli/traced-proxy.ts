import { buildProxyConfig } from '../decode/build-proxy-config.ts';
import type { TraceRequest } from '../match/request.ts';
import { styleFor } from '../render/style.ts';
import { traceText } from '../render/trace-text.ts';
import { explainAnswer } from '../trace/explain-answer.ts';
import { spelledPaths } from '../trace/spelled-paths.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import { traceRequest } from '../trace/trace-request.ts';
import type { LiveSelection } from './command-input.ts';
import type { Io } from './io.ts';
import type { Judged } from './judge-objects.ts';
import type { LiveInput } from './live-input.ts';

/** How a request is traced, and how much of it is shown. */
export interface TracingOptions {
  /** The random number that Envoy draws; every way is followed where it is undefined. */
  readonly random: bigint | undefined;
  readonly explain: boolean;
  /** Files or folders of Kubernetes objects that tell a break to its cause; `live` for those of the cluster. */
  readonly objects: readonly string[];
  /** How the cluster is reached. */
  readonly selection: LiveSelection;
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
  const objects = await judged(options, { request, answer, proxy }, io);
  return {
    proxy: input.name,
    answer,
    document: {
      ...answer,
      diagnostics,
      ...(options.objects.length > 0 ? { objects: objects.map((verdict) => ({ ...verdict, mends: verdict.mends ?? null })) } : {}),
    },
    async text() {
      const style = styleFor(io.color);
      const width = io.columns ?? 120;
      let text = traceText(answer, request, diagnostics, { style, explain: options.explain, width });
      if (options.objects.length > 0) {
        const { objectsText } = await import('../render/objects-text.ts');
        text += objectsText(objects, { style, width, names: options.objects });
      }
      if (input.pods === undefined) return text;
      const { tracedPods } = await import('./endpoint-pods.ts');
      for (const line of tracedPods(answer, input.pods)) text += `  ${line}\n`;
      return text;
    },
  };
}

async function judged({ objects, selection }: TracingOptions, what: Judged, io: Io) {
  if (objects.length === 0) return [];
  const { judgeByObjects } = await import('./judge-objects.ts');
  return judgeByObjects(objects, selection, what, io);
}
