import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { Failure } from '../../dump/failure.ts';

export interface KubeConfigChoice {
  /** `--kubeconfig`. */
  readonly kubeconfig?: string | undefined;
  /** `--context`. */
  readonly context?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the files say, and what they are called in messages. */
export interface LoadedKubeConfig {
  readonly config: KubeConfig;
  readonly origin: string;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * The kubeconfig by kubectl's rules: the file of `--kubeconfig`; else those of $KUBECONFIG, of which the first to name a thing wins; else
 * ~/.kube/config; else the service account of the pod that pc runs in. Throws Failure PC1100 where there is none, PC1101 for a context
 * that it does not have.
 */
export function loadKubeConfig(choice: KubeConfigChoice): LoadedKubeConfig {
  const loaded = loadFiles(choice);
  const { config, origin } = loaded;
  const names = config.getContexts().map((context) => context.name);
  if (choice.context !== undefined) {
    if (!names.includes(choice.context)) throw unknownContext(choice.context, names, origin);
    config.setCurrentContext(choice.context);
  } else if (!names.includes(config.getCurrentContext())) {
    const [only] = names;
    if (only === undefined || names.length > 1) throw unknownContext(config.getCurrentContext(), names, origin);
    config.setCurrentContext(only);
  }
  if (!config.getCurrentCluster()) {
    const what = `the context ${JSON.stringify(config.getCurrentContext())} of ${origin} names a cluster that it does not have`;
    throw new Failure({ id: 'PC1101', what, place: origin, next: 'kubectl config view shows what it has' });
  }
  return loaded;
}

function loadFiles({ kubeconfig, env }: KubeConfigChoice): LoadedKubeConfig {
  const named = kubeconfig !== undefined ? [kubeconfig] : (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (named.length > 0) {
    const files = kubeconfig !== undefined ? named : named.filter((file) => existsSync(file));
    if (files.length === 0) throw noKubeConfig(`$KUBECONFIG names ${named.join(', ')}, and there is no such file`);
    return { config: merged(files.map(loadFile)), origin: files.join(delimiter) };
  }
  const home = join(env['HOME'] ?? env['USERPROFILE'] ?? homedir(), '.kube', 'config');
  if (existsSync(home)) return { config: loadFile(home), origin: home };
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(SERVICE_ACCOUNT)) {
    const config = new KubeConfig();
    config.loadFromCluster();
    return { config, origin: 'the service account of this pod' };
  }
  throw noKubeConfig(`neither --kubeconfig nor $KUBECONFIG is given, there is no ${home}, and this is no pod`);
}

function loadFile(file: string): KubeConfig {
  const config = new KubeConfig();
  if (!existsSync(file)) throw noKubeConfig(`there is no file ${file}`);
  try {
    config.loadFromFile(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new Failure({
      id: 'PC1100',
      what: `the kubeconfig ${file} cannot be read: ${why}`,
      place: file,
      next: 'kubectl config view --kubeconfig checks it',
      cause,
    });
  }
  return config;
}

/** kubectl's merge: the first file that names a cluster, user, context or the current context wins. */
function merged(configs: readonly KubeConfig[]): KubeConfig {
  const config = new KubeConfig();
  const firsts = <T extends { readonly name: string }>(lists: readonly (readonly T[])[]): T[] => {
    const byName = new Map<string, T>();
    for (const list of lists) for (const item of list) if (!byName.has(item.name)) byName.set(item.name, item);
    return [...byName.values()];
  };
  config.clusters = firsts(configs.map((c) => c.clusters ?? []));
  config.users = firsts(configs.map((c) => c.users ?? []));
  config.contexts = firsts(configs.map((c) => c.contexts ?? []));
  config.setCurrentContext(configs.map((c) => c.getCurrentContext()).find((name) => name) ?? '');
  return config;
}

function noKubeConfig(why: string): Failure {
  return new Failure({
    id: 'PC1100',
    what: `no kubeconfig: ${why}`,
    next: 'give one with --kubeconfig FILE; without Kubernetes, name the proxy by --url http://HOST:15000 or -f FILE',
  });
}

function unknownContext(wanted: string | undefined, names: readonly string[], origin: string): Failure {
  const what = wanted ? `${origin} has no context ${JSON.stringify(wanted)}` : `${origin} names no current context`;
  const next = names.length === 0 ? 'it has no contexts at all: check that it is the right file' : `give one with --context: ${names.join(', ')}`;
  return new Failure({ id: 'PC1101', what, place: origin, next });
}
