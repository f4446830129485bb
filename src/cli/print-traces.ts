import type { JsonValue } from '../dump/json-value.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import type { Io } from './io.ts';
import type { TracedProxy } from './traced-proxy.ts';
import { verdictText } from './verdict-text.ts';

/**
 * Prints what one or several proxies do with a request. As text, proxies that do the same are told together, once; as JSON or YAML several
 * make a list, whose answers name their `proxy`; as jsonl they are a line each.
 */
export async function printTraces(traces: readonly TracedProxy[], output: string, io: Io): Promise<void> {
  if (output === 'text') return printTexts(traces, io);
  const [only] = traces;
  const documents = only !== undefined && traces.length === 1 ? [only.document] : traces.map(({ proxy, document }) => ({ proxy, ...document }));
  const whole = traces.length === 1 ? documents[0] : documents;
  if (output === 'jsonl') for (const document of documents) io.out(`${JSON.stringify(document)}\n`);
  else if (output === 'json') io.out(`${JSON.stringify(whole, null, 2)}\n`);
  else {
    const { yamlText } = await import('../render/yaml-text.ts');
    io.out(yamlText(whole as unknown as JsonValue));
  }
}

async function printTexts(traces: readonly TracedProxy[], io: Io): Promise<void> {
  const alike = new Map<string, TracedProxy[]>();
  for (const trace of traces) {
    const key = deedsOf(trace.answer);
    alike.set(key, [...(alike.get(key) ?? []), trace]);
  }
  const groups = [...alike.values()].toSorted((a, b) => b.length - a.length);
  for (const [index, group] of groups.entries()) {
    const [first] = group;
    if (first === undefined) continue;
    if (traces.length > 1) {
      const count = groups.length === 1 ? `all ${traces.length} proxies` : `${group.length} of ${traces.length} proxies`;
      io.out(`${index > 0 ? '\n' : ''}${count} (${group.map(({ proxy }) => proxy).join(', ')}): ${verdictText(first.answer)}\n`);
    }
    io.out(await first.text());
  }
}

/** What a proxy does, without where its dump says so: two proxies that do the same may hold it at different places. */
function deedsOf({ hops: _hops, gap, ...answer }: TraceAnswer): string {
  return JSON.stringify([answer, gap?.id, gap?.what]);
}
