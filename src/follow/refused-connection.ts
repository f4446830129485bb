import type { TraceRequest } from '../match/request.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import { traceConnection } from '../trace/trace-connection.ts';
import type { BorderQuestion, BothSides, Disagreement } from './border-question.ts';

/** Breaks of a connection that no filter chain served. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['PC2001', 'PC2002', 'PC2003', 'PC2004', 'PC6001', 'PC7020']);
/** Those of them that TLS of one side against that of the other may explain. */
const OF_TLS: ReadonlySet<string> = new Set(['PC2002', 'PC2004', 'PC6001']);

/** The callee does not take the connection. */
export function refusal({ callee, request, answer }: BorderQuestion, { sends, sni, alpn }: BothSides): Disagreement | undefined {
  const ids = new Set(answer.outcomes.map((outcome) => outcome.break));
  const [id] = ids;
  if (id === undefined || id === null || ids.size > 1 || !OF_CONNECTION.has(id)) return undefined;
  const rule = (answer.hops ?? []).findLast((hop) => hop.state === 'broken')?.rule ?? '';
  if (!OF_TLS.has(id) || request.tunnel !== undefined) return { break: id, why: rule };
  const to = request.destination ?? request.listener;
  const where = `port ${to?.port} of ${callee.name}`;
  if (sends === 'plaintext') {
    const mutual: TraceRequest = { ...request, scheme: request.scheme === 'tcp' ? 'tcp' : 'https', tls: { alpn: MESH, client_cert: true } };
    const takesTls = isTaken(callee.index, mutual) || isTaken(callee.index, { ...mutual, tls: { client_cert: true } });
    return takesTls ? { break: 'PC6005', why: `the cluster sends plain text, and ${where} takes TLS only` } : { break: id, why: rule };
  }
  if (id === 'PC6001') return { break: 'PC6008', why: rule };
  const plain: TraceRequest = { ...request, scheme: request.scheme === 'tcp' ? 'tcp' : 'http', tls: null };
  if (isTaken(callee.index, plain)) {
    const isMesh = isTaken(callee.index, { ...request, tls: { ...request.tls, alpn: MESH, client_cert: true } });
    const instead = isMesh ? "the mesh's mutual TLS, or plain text" : 'plain text';
    return { break: 'PC6006', why: `the cluster originates TLS${alpnText(alpn)}, and ${where} takes ${instead}` };
  }
  return { break: 'PC6009', why: `no filter chain of ${where} takes TLS with ${sni === null ? 'no SNI' : `SNI "${sni}"`}${alpnText(alpn)}` };
}

const MESH = ['istio-peer-exchange', 'istio', 'istio-http/1.1', 'istio-http/1.0', 'istio-h2'];

const alpnText = (alpn: readonly string[]): string => (alpn.length === 0 ? '' : ` (ALPN ${alpn.join(', ')})`);

/** Whether a filter chain serves such a connection. */
function isTaken(index: ProxyIndex, request: TraceRequest): boolean {
  return traceConnection(index, request, { terse: true }).some(
    ({ end, http, gap }) => gap === null && (http !== null || (end ?? []).some((o) => !OF_CONNECTION.has(o.break ?? ''))),
  );
}
