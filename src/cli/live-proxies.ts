import type { Duplex } from 'node:stream';
import { Failure } from '../dump/failure.ts';
import type { KubeApi } from '../source/kube/kube-api.ts';
import type { Pod } from '../source/kube/kube-objects.ts';
import type { ProxyContainer } from '../source/kube/proxy-container.ts';
import { parseAdminAddress } from '../source/live/admin-address.ts';
import { type AdminClient, adminClient } from '../source/live/admin-client.ts';
import { type LiveSelection, targetsOf } from './command-input.ts';
import { durationOf } from './duration-flag.ts';
import type { Io } from './io.ts';
import { transferProgress } from './live-progress.ts';

/** One live proxy, to be asked. */
export interface LiveProxy {
  readonly label: string;
  readonly pod?: Pod;
  /** Its Envoy, where the pod tells which container it is. */
  readonly container?: ProxyContainer;
  readonly adminPort?: number;
  readonly client: AdminClient;
  /** Opens a stream to the admin port; undefined for a proxy that is named by its address. */
  readonly dial?: () => Promise<Duplex>;
  /** Closes what is open to it. */
  close(): Promise<void>;
}

/** The live proxies that a command line names. Nothing is open to them yet. */
export interface LiveProxies {
  readonly proxies: readonly LiveProxy[];
  /** The cluster that they are in; undefined for those named by --url alone. */
  readonly api: KubeApi | undefined;
  readonly notes: readonly string[];
}

export interface FindOptions {
  /** Every pod of a target, as `--all-pods`. */
  readonly allPods?: boolean;
  readonly allNamespaces?: boolean;
  /** A pod without a proxy is left out with a note where a selection takes pods as they come. */
  readonly skipOthers?: boolean;
  /** Without targets and selector, every pod of the namespace is meant. */
  readonly wholeNamespace?: boolean;
  /** The pods of the cluster are to be known, for their addresses. */
  readonly withPods?: boolean;
  /** What decides about the sidecar of each pod is to be known: the pod, the services and the labels of its namespace. */
  readonly withSurroundings?: boolean;
}

/** Finds the proxies of --url, of the targets and of the selector. The Kubernetes client is loaded only for the latter two. Throws Failure PC11xx. */
export async function findLiveProxies(args: LiveSelection, io: Io, options: FindOptions = {}): Promise<LiveProxies> {
  const limitMs = args.timeout === undefined ? undefined : durationOf('--timeout', args.timeout);
  const byUrl = args.url.map((url): LiveProxy => {
    const address = parseAdminAddress(url);
    const progress = transferProgress(address.label, io);
    const client = adminClient({ ...address, limitMs, onBytes: progress.onBytes });
    return { label: address.label, client, close: () => closed(client, progress.done) };
  });
  const wantsPods = targetsOf(args).length > 0 || args.selector !== undefined || options.allNamespaces === true || options.wholeNamespace === true;
  if (!wantsPods) return { proxies: byUrl, api: undefined, notes: [] };
  const { findPods } = await import('./live-pods.ts');
  const { proxies, api, notes } = await findPods(args, io, { ...options, limitMs });
  return { proxies: [...byUrl, ...proxies], api, notes };
}

/** The admin port of `--admin-port`. Throws Failure PC1011 for what is no port. */
export function adminPortOf(args: Pick<LiveSelection, 'admin-port'>): number | undefined {
  const text = args['admin-port'];
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Failure({ id: 'PC1011', what: `--admin-port ${text} is not a port`, next: 'give a number from 1 to 65535' });
  }
  return port;
}

async function closed(client: AdminClient, done: () => void): Promise<void> {
  done();
  await client.close();
}
