import { existsSync } from 'node:fs';
import { buildProxyConfig } from '../decode/build-proxy-config.ts';
import { Failure } from '../dump/failure.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { ProxyInput } from '../source/read-input.ts';
import { type InputArgs, inputProxies } from './command-input.ts';
import type { Io } from './io.ts';
import { loadProxies, proxyOfName } from './load-proxy.ts';
import { readingOptions } from './reading-flags.ts';

/** Two proxies to compare; undefined where only one side has a proxy of that name. */
export interface Sides {
  readonly name: string;
  readonly a: ProxyConfig | undefined;
  readonly b: ProxyConfig | undefined;
}

const FILE_LIKE = /^[.~/]|^-$|\.(?:json|ya?ml|txt|gz|tgz|tar|zst|tzst|bin|pb|log)$|config_dump/i;
const URL_LIKE = /^(?:https?:\/\/|unix:)/;

/**
 * The proxies of the two arguments: each a file, folder or archive, the address of an admin interface, or a pod or workload. Where both hold
 * several proxies, those of one name belong together; --proxy picks one. Throws Failure PC10xx or PC11xx.
 */
export async function diffSides(a: string, b: string, args: InputArgs, io: Io): Promise<readonly Sides[]> {
  if (a === '-' && b === '-') throw new Failure({ id: 'PC1011', what: 'both sides are standard input', next: 'save one of them in a file' });
  const [inA, inB] = [await proxiesOf(a, args, io), await proxiesOf(b, args, io)];
  const [onlyA] = inA;
  const [onlyB] = inB;
  if (onlyA === undefined || onlyB === undefined) return [];
  if (inA.length === 1 && inB.length === 1) return [{ name: onlyB.name, a: built(onlyA), b: built(onlyB) }];
  // One against several: the one of the same name.
  if (inA.length === 1) return [{ name: onlyA.name, a: built(onlyA), b: built(proxyOfName(inB, lastPart(onlyA.name))) }];
  if (inB.length === 1) return [{ name: onlyB.name, a: built(proxyOfName(inA, lastPart(onlyB.name))), b: built(onlyB) }];
  const names = [...new Set([...inA, ...inB].map((proxy) => proxy.name))];
  const find = (list: readonly ProxyInput[], name: string): ProxyConfig | undefined => {
    const found = list.find((proxy) => proxy.name === name);
    return found === undefined ? undefined : built(found);
  };
  return names.map((name) => ({ name, a: find(inA, name), b: find(inB, name) }));
}

async function proxiesOf(side: string, args: InputArgs, io: Io): Promise<readonly ProxyInput[]> {
  if (URL_LIKE.test(side)) return inputProxies({ ...args, file: [], url: [side], target: '' }, NEEDS, io);
  if (existsSync(side) || FILE_LIKE.test(side)) return loadProxies({ files: [side], proxy: args.proxy, ...readingOptions(args, io) });
  return inputProxies({ ...args, file: [], url: [], target: side }, NEEDS, io);
}

const NEEDS = { kinds: 'everything', companions: ['clusters'] } as const;

function built({ name, documents, notes }: ProxyInput): ProxyConfig {
  return buildProxyConfig(name, documents, notes);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
