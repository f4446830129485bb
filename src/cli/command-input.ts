import { buildProxyConfig } from '../decode/build-proxy-config.ts';
import { Failure } from '../dump/failure.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Needs } from '../source/live/fetch-plan.ts';
import type { Args } from './command.ts';
import type { CommonArgs } from './common-flags.ts';
import type { Io } from './io.ts';
import type { LIVE_FLAGS } from './live-flags.ts';
import type { LiveInput } from './live-input.ts';
import type { FindOptions } from './live-proxies.ts';
import { pickProxy, proxyOfName } from './load-proxy.ts';
import { type ReadingArgs, readingOptions } from './reading-flags.ts';

/** What of a command line says how live proxies are found and reached. */
export type LiveSelection = Args<typeof LIVE_FLAGS> & { readonly [positional: string]: unknown };

/** What of a command line says where its input is: files, or live proxies. */
export type InputArgs = LiveSelection & Pick<CommonArgs, 'file' | 'proxy'> & ReadingArgs;

/** The one proxy that a command is about, from a file or fetched. Throws Failure PC10xx or PC11xx. */
export async function inputProxy(args: InputArgs, needs: Needs, io: Io): Promise<ProxyConfig> {
  const { name, documents, notes } = await inputDocuments(args, needs, io);
  return buildProxyConfig(name, documents, notes);
}

/** The documents of that proxy. From a live one only what is needed is fetched. */
export async function inputDocuments(args: InputArgs, needs: Needs, io: Io, options: FindOptions = {}): Promise<LiveInput> {
  return proxyOfName(await inputProxies(args, needs, io, options), undefined);
}

/** The proxies that a command goes over: one from files, one or several live ones, of which --proxy picks one. */
export async function inputProxies(args: InputArgs, needs: Needs, io: Io, options: FindOptions = {}): Promise<readonly LiveInput[]> {
  if (!isLive(args)) {
    if (args.file.length > 0) return [await pickProxy({ files: args.file, proxy: args.proxy, ...readingOptions(args, io) })];
    const next = 'name a pod or workload, an admin address with --url, or a saved dump with -f FILE (- for standard input); see `pc --help`';
    throw new Failure({ id: 'PC1011', what: 'no input is named', next });
  }
  if (args.file.length > 0) throw new Failure({ id: 'PC1011', what: 'a file and a live proxy are named', next: 'give one of them: -f FILE, --url, or a pod' });
  const { readLive } = await import('./live-input.ts');
  const inputs = await readLive(args, needs, io, options);
  return args.proxy === undefined ? inputs : [proxyOfName(inputs, args.proxy)];
}

/** Whether a command line names a live proxy. */
export function isLive(args: LiveSelection): boolean {
  return args.url.length > 0 || targetsOf(args).length > 0 || args.selector !== undefined;
}

/** The targets of a command line: `pc routes TARGET`, `pc capture TARGET…`. */
export function targetsOf(args: { readonly [positional: string]: unknown }): readonly string[] {
  const { target } = args;
  if (Array.isArray(target)) return target.map(String).filter((text) => text !== '');
  return typeof target === 'string' && target !== '' ? [target] : [];
}
