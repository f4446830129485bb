import { buildProxyConfig } from '../decode/build-proxy-config.ts';
import { Failure } from '../dump/failure.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { type ProxyInput, readInput } from '../source/read-input.ts';

export interface LoadOptions {
  readonly files: readonly string[];
  /** `--proxy`: which one, where the input holds several. */
  readonly proxy?: string | undefined;
}

/** The one proxy that a command is about. Throws Failure where the input has none, or several and none is picked. */
export async function loadProxy(options: LoadOptions): Promise<ProxyConfig> {
  const { name, documents } = await pickProxy(options);
  return buildProxyConfig(name, documents);
}

/** The documents of that proxy, as they were found. */
export async function pickProxy(options: LoadOptions): Promise<ProxyInput> {
  if (options.files.length === 0) {
    throw new Failure({ id: 'PC1011', what: 'no input is named', next: 'name a saved dump with -f FILE (- for standard input); see `pc --help`' });
  }
  const proxies = await readInput({ files: options.files });
  const picked = options.proxy === undefined ? proxies : proxies.filter((p) => p.name === options.proxy || p.name.endsWith(`/${options.proxy}`));
  const [first, ...others] = picked;
  if (first === undefined || others.length > 0) {
    throw new Failure({
      id: 'PC1010',
      what: `the input holds ${proxies.length} proxies; name one with --proxy`,
      next: `one of: ${proxies.map((p) => p.name).join(', ')}`,
    });
  }
  return first;
}
