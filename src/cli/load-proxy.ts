import { buildProxyConfig } from '../decode/build-proxy-config.ts';
import { Failure } from '../dump/failure.ts';
import type { FormatReaders } from '../dump/read-documents.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { type ProxyInput, readInput } from '../source/read-input.ts';
import type { ReadingOptions } from '../source/reading-options.ts';

export interface LoadOptions extends ReadingOptions {
  readonly files: readonly string[];
  /** `--proxy`: which one, where the input holds several. */
  readonly proxy?: string | undefined;
}

const LISTED = 20;

/**
 * The one proxy that a command is about.
 * Throws Failure PC10xx where the input cannot be read, PC1010 where it holds several proxies and none is picked, or none of that name.
 */
export async function loadProxy(options: LoadOptions): Promise<ProxyConfig> {
  const picked = await pickProxy(options);
  return buildProxyConfig(picked.name, picked.documents, picked.notes);
}

/** The documents of the one proxy that a command is about; throws as {@link loadProxy} does. */
export async function pickProxy(options: LoadOptions): Promise<ProxyInput> {
  if (options.files.length === 0) {
    throw new Failure({ id: 'PC1011', what: 'no input is named', next: 'name a saved dump with -f FILE (- for standard input); see `pc --help`' });
  }
  return proxyOfName(await readInput({ ...options, stdin: () => process.stdin, readers: READERS }), options.proxy);
}

/** Every proxy of the input; the one that `proxy` names where it names one. Throws as {@link loadProxy} does. */
export async function loadProxies(options: LoadOptions): Promise<readonly ProxyInput[]> {
  const proxies = await readInput({ ...options, stdin: () => process.stdin, readers: READERS });
  return options.proxy === undefined ? proxies : [proxyOfName(proxies, options.proxy)];
}

const READERS: FormatReaders = {
  protobuf: async (bytes) => (await import('../decode/read-wire-document.ts')).readWireDocument(bytes),
};

/**
 * The proxy of a name: the whole name, its last part (`pod`), `pod.namespace` as istioctl has it, or the beginning of a pod's name.
 * Throws Failure PC1010 with the names to choose from.
 */
export function proxyOfName<P extends ProxyInput>(proxies: readonly P[], name: string | undefined): P {
  const [only] = proxies;
  if (name === undefined) {
    if (only !== undefined && proxies.length === 1) return only;
    throw several(`the input holds ${proxies.length} proxies, and none is picked`, proxies);
  }
  const ways: readonly ((proxy: P) => boolean)[] = [
    (proxy) => proxy.name === name,
    (proxy) => proxy.name.endsWith(`/${name}`) || podNames(proxy).includes(name),
    (proxy) => lastPart(proxy.name).startsWith(`${name}-`) || lastPart(proxy.name).startsWith(`${name}.`),
  ];
  for (const way of ways) {
    const [found, ...others] = proxies.filter(way);
    if (found !== undefined && others.length === 0) return found;
    if (found !== undefined) throw several(`--proxy ${name} may be any of ${others.length + 1} proxies`, [found, ...others]);
  }
  throw several(`the input holds no proxy of the name ${JSON.stringify(name)}`, proxies);
}

/** `pod.namespace`, from a name that ends with `namespace/pod`, and what a document itself calls its node. */
function podNames({ name, documents }: ProxyInput): readonly string[] {
  const [pod, namespace] = name.split('/').reverse();
  const nodes = documents.flatMap((document) => (document.proxy === undefined ? [] : [document.proxy, document.proxy.split('~')[2] ?? '']));
  return namespace === undefined ? nodes : [`${pod}.${namespace}`, ...nodes];
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function several(what: string, proxies: readonly ProxyInput[]): Failure {
  const names = proxies.map((proxy) => proxy.name);
  const listed = names.slice(0, LISTED).join('\n        ');
  const rest = names.length > LISTED ? `\n        … and ${names.length - LISTED} more` : '';
  return new Failure({ id: 'PC1010', what, next: `pick one with --proxy:\n        ${listed}${rest}` });
}
