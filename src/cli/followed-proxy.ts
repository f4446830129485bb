import { buildProxyConfig } from '../decode/build-proxy-config.ts';
import { isCredentialName } from '../dump/credentials.ts';
import { REDACTED } from '../dump/secret-rules.ts';
import type { ChainAnswer } from '../follow/chain-answer.ts';
import { explainChain, type LegDiagnostics } from '../follow/explain-chain.ts';
import { type FollowOptions, followRequest } from '../follow/follow-request.ts';
import type { FollowedProxy } from '../follow/followed-proxy.ts';
import type { TraceRequest } from '../match/request.ts';
import { chainText } from '../render/chain-text.ts';
import { styleFor } from '../render/style.ts';
import type { ProxyInput } from '../source/read-input.ts';
import { directoryOf } from './chain-owners.ts';
import { EXIT, type ExitStatus } from './exit-code.ts';
import type { Io } from './io.ts';
import type { TracedProxy, TracingOptions } from './traced-proxy.ts';

/** How a request is followed. */
export interface FollowingOptions extends TracingOptions {
  /** The next calls of the applications on the way: `--next`. */
  readonly calls: readonly TraceRequest[];
  /** Whose addresses are which, as the user says it: `--owner ADDRESS=PROXY`. */
  readonly owners: readonly string[];
  /** Finds the proxies behind addresses (`ip:port`) that no given one has; undefined where nothing can be looked up. */
  readonly lookUp: ((addresses: readonly string[]) => Promise<LookedUp>) | undefined;
}

/** What was found behind addresses: their proxies, and by the IP of the others why there is none. */
export interface LookedUp {
  readonly inputs: readonly ProxyInput[];
  readonly reasons: ReadonlyMap<string, string>;
}

/** So many times further proxies are looked for. */
const ROUNDS = 8;

/** Follows a request from its first proxy over those that are given, and those that are found on the way. Throws Failure PC1010 and PC1020. */
export async function followedProxy(
  first: ProxyInput,
  all: readonly ProxyInput[],
  request: TraceRequest,
  options: FollowingOptions,
  io: Io,
): Promise<FollowedTrace> {
  const { chain, proxies } = await followAll(first, all, request, options);
  const said = explainChain(chain, proxies);
  const [start] = chain.legs;
  if (start === undefined) throw new Error('a chain has a first leg');
  const config = proxies.find(({ name }) => name === first.name)?.config;
  const objects =
    options.objects.length === 0 || config === undefined ? [] : await judgedObjects(options, { request, answer: start.answer, proxy: config }, io);
  return {
    proxy: first.name,
    answer: start.answer,
    document: { ...start.answer, diagnostics: said[0]?.diagnostics ?? [], ...(options.objects.length > 0 ? { objects } : {}), ...chainDocument(chain, said) },
    status: chainStatus(chain),
    async text() {
      const style = styleFor(io.color);
      const width = io.columns ?? 120;
      const text = chainText(chain, said, { style, explain: options.explain, width });
      if (options.objects.length === 0) return text;
      const { objectsText } = await import('../render/objects-text.ts');
      return text + objectsText(objects, { style, width, names: options.objects });
    },
  };
}

/** A traced proxy with the exit status of the whole chain. */
export interface FollowedTrace extends TracedProxy {
  readonly status: ExitStatus;
}

/** What the document of a single trace gets besides: docs/trace-json.md. The first leg's answer is the document itself. */
export function chainDocument({ proxies, ...chain }: ChainAnswer, said: readonly LegDiagnostics[]): object {
  const legs = chain.legs.map(({ answer, request, ...rest }, i) => {
    const leg = { ...rest, request: withoutCredentials(request) };
    return i === 0 ? leg : { ...leg, answer, ...(said.length === 0 ? {} : { diagnostics: said[i]?.diagnostics ?? [] }) };
  });
  return { proxies, chain: { ...chain, legs } };
}

/** What arrives, as it may be printed: headers that let somebody in keep their names alone. */
function withoutCredentials(request: TraceRequest): TraceRequest {
  const { headers } = request;
  if (headers === undefined) return request;
  const isSecret = (name: string): boolean => isCredentialName(name) || name.toLowerCase() === 'cookie';
  return { ...request, headers: headers.map(([name, value]) => [name, isSecret(name) ? REDACTED : value] as const) };
}

/** A finding anywhere on the way counts first, then what could not be told. */
export function chainStatus({ ends }: ChainAnswer): ExitStatus {
  if (ends.some((end) => end.verdict === 'broken' || (end.verdict === 'answered' && (end.status ?? 0) >= 400))) return EXIT.finding;
  return ends.some((end) => end.verdict === 'undetermined') ? EXIT.undetermined : EXIT.fine;
}

async function followAll(
  first: ProxyInput,
  all: readonly ProxyInput[],
  request: TraceRequest,
  options: FollowingOptions,
): Promise<{ readonly chain: ChainAnswer; readonly proxies: readonly FollowedProxy[] }> {
  const proxies = all.map(asFollowed);
  const start = proxies.find(({ name }) => name === first.name) ?? asFollowed(first);
  const reasons = new Map<string, string>();
  const asked = new Set<string>();
  const follow: FollowOptions = { calls: options.calls, ...(options.random === undefined ? {} : { random: options.random }) };
  for (let round = 0; ; round++) {
    const chain = followRequest(start, request, directoryOf(proxies, options.owners, reasons), follow);
    const unknown = [...new Set(chain.ends.flatMap(({ kind, address }) => (kind === 'no-dump' && address !== null ? [address] : [])))].filter(
      (address) => !asked.has(address),
    );
    if (options.lookUp === undefined || unknown.length === 0 || round >= ROUNDS) return { chain, proxies };
    for (const address of unknown) asked.add(address);
    const found = await options.lookUp(unknown);
    for (const [address, why] of found.reasons) reasons.set(address, why);
    proxies.push(...found.inputs.filter(({ name }) => !proxies.some((known) => known.name === name)).map(asFollowed));
  }
}

export function asFollowed({ name, documents, notes }: ProxyInput): FollowedProxy {
  return { name, config: buildProxyConfig(name, documents, notes) };
}

async function judgedObjects({ objects, selection }: TracingOptions, what: Parameters<typeof import('./judge-objects.ts')['judgeByObjects']>[2], io: Io) {
  const { judgeByObjects } = await import('./judge-objects.ts');
  return judgeByObjects(objects, selection, what, io);
}
