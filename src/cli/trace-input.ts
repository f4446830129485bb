import type { TraceRequest } from '../match/request.ts';
import type { Needs } from '../source/live/fetch-plan.ts';
import type { ProxyInput } from '../source/read-input.ts';
import { podLookUp } from './chain-look-up.ts';
import { type InputArgs, inputProxies, isLive } from './command-input.ts';
import { parseCurl } from './curl-command.ts';
import type { FollowingOptions } from './followed-proxy.ts';
import type { Io } from './io.ts';
import type { LiveInput } from './live-input.ts';
import { loadProxies, proxyOfName } from './load-proxy.ts';
import { type ReadingArgs, readingOptions } from './reading-flags.ts';
import { questionOf } from './trace-question.ts';

/** The flags of `pc trace` that say how far a request is followed. */
export interface FollowFlags {
  readonly follow: boolean;
  readonly 'no-follow': boolean;
  readonly next: readonly string[];
  readonly owner: readonly string[];
}

/** What a request is traced through: each proxy for itself, or from the first one on to those behind it. */
export type TraceInput =
  | { readonly kind: 'each'; readonly inputs: readonly LiveInput[] }
  | { readonly kind: 'chain'; readonly first: LiveInput; readonly all: readonly ProxyInput[]; readonly lookUp: FollowingOptions['lookUp'] };

const NEEDS: Needs = { kinds: 'everything', companions: ['clusters'] };
/** What a proxy shows of itself to others is told by its certificates. */
const CHAIN_NEEDS: Needs = { kinds: 'everything', companions: ['clusters', 'certs'] };

/**
 * The proxies that a trace is about. Several in files are followed by themselves, live ones where --follow (or --next, --owner) says so. A
 * request starts at the proxy that --proxy names, else at that of the first -f. Throws Failure PC10xx and PC11xx.
 */
export async function traceInput(args: InputArgs & ReadingArgs & FollowFlags, io: Io, withPods: boolean): Promise<TraceInput> {
  const isAsked = !args['no-follow'] && (args.follow || args.next.length > 0 || args.owner.length > 0);
  if (isLive(args) || args.file.length === 0) {
    const inputs = await inputProxies(args, isAsked ? CHAIN_NEEDS : NEEDS, io, { withPods: withPods || isAsked });
    const [first] = inputs;
    if (!isAsked || first === undefined) return { kind: 'each', inputs };
    return { kind: 'chain', first, all: inputs, lookUp: first.pods === undefined ? undefined : podLookUp(args, CHAIN_NEEDS, io, first.pods) };
  }
  const all = await loadProxies({ files: args.file, ...readingOptions(args, io) });
  const isFollowed = isAsked || (all.length > 1 && !args['no-follow']);
  const first = (isFollowed && args.proxy === undefined ? ofFirstFile(all, args.file) : undefined) ?? proxyOfName(all, args.proxy);
  return isFollowed ? { kind: 'chain', first, all, lookUp: undefined } : { kind: 'each', inputs: [first] };
}

/** The proxy of the first -f, where several are given and that one holds one proxy. */
function ofFirstFile(all: readonly ProxyInput[], [file = '', ...others]: readonly string[]): ProxyInput | undefined {
  if (others.length === 0) return undefined;
  const folder = file.replace(/[/\\]+$/, '');
  const isWithin = (label: string): boolean => label === file || [`${folder}/`, `${folder}\\`, `${folder}!`].some((start) => label.startsWith(start));
  const [only, ...more] = all.filter(({ documents }) => documents.some(({ label }) => isWithin(label)));
  return more.length === 0 ? only : undefined;
}

/** The next calls of applications, as `--next` names them: a URL, or a pasted curl command. Throws Failure PC1020. */
export function nextCalls(texts: readonly string[]): readonly TraceRequest[] {
  return texts.map((text) => {
    if (!/^\s*curl\s/.test(text)) return questionOf(text, { header: [], alpn: [], metadata: [] });
    const { url, flags } = parseCurl(text);
    return questionOf(url, flags);
  });
}
