import packageJson from '../../package.json' with { type: 'json' };
import { redactedJson } from '../decode/redact-document.ts';
import { Failure } from '../dump/failure.ts';
import { type CapturedProxy, CaptureFolder, type CaptureManifest } from '../source/live/capture-folder.ts';
import { eachAtOnce } from './each-at-once.ts';
import type { Io } from './io.ts';
import type { LiveProxies, LiveProxy } from './live-proxies.ts';

/** What is captured of each proxy: the file, and the request that gives it. Only the first must be had. */
const PARTS: readonly (readonly [file: string, method: 'GET' | 'POST', path: string])[] = [
  ['config_dump.json', 'GET', '/config_dump?include_eds'],
  ['clusters.json', 'GET', '/clusters?format=json'],
  ['listeners.json', 'GET', '/listeners?format=json'],
  ['certs.json', 'GET', '/certs'],
  ['server_info.json', 'GET', '/server_info'],
  ['stats.json', 'GET', '/stats?format=json'],
  ['init_dump.json', 'GET', '/init_dump'],
  ['memory.json', 'GET', '/memory'],
  ['logging.txt', 'POST', '/logging'],
];

const AT_ONCE = 8;
/** How much of /server_info holds the version. */
const VERSION = /"version":\s*"([^"]+)"/;

export interface CaptureOptions {
  readonly folder: string;
  readonly redact: boolean;
  readonly now: () => Date;
  /** Ends the capture; what is whole by then stays. */
  readonly signal?: AbortSignal;
}

/** What came of a capture. */
export interface CaptureResult {
  readonly captured: readonly CapturedProxy[];
  /** Proxies that an earlier run had captured already. */
  readonly kept: number;
  readonly failures: readonly Failure[];
}

/** Writes everything that the admin interfaces of some proxies tell into a folder, several at the same time. A proxy that fails does not stop the rest. */
export async function captureProxies({ proxies, api }: LiveProxies, options: CaptureOptions, io: Io): Promise<CaptureResult> {
  const folder = new CaptureFolder(options.folder);
  const earlier = folder.earlier();
  const resumes = earlier !== undefined && earlier.finished === undefined && earlier.redacted === options.redact;
  const manifest: CaptureManifest = {
    kind: 'pc-capture',
    version: 1,
    pc: packageJson.version,
    started: resumes ? earlier.started : options.now().toISOString(),
    redacted: options.redact,
    ...(api === undefined ? {} : { context: api.name.context, server: api.name.server }),
    proxies: resumes ? earlier.proxies.filter((captured) => captured.files.every(({ file }) => folder.has(`${captured.folder}/${file}`))) : [],
  };
  const done = new Set(manifest.proxies.map((captured) => `${captured.name} ${captured.uid ?? ''}`));
  const wanted = proxies.filter((proxy) => !done.has(`${proxy.label} ${proxy.pod?.metadata.uid ?? ''}`));
  folder.writeManifest(manifest);
  const captured: CapturedProxy[] = [];
  const failures: Failure[] = [];
  const progress = progressBar(proxies.length, io);
  progress(proxies.length - wanted.length);
  const { signal } = options;
  const closeAll = (): void => {
    for (const proxy of wanted) void proxy.close();
  };
  signal?.addEventListener('abort', closeAll, { once: true });
  await eachAtOnce(wanted, AT_ONCE, async (proxy) => {
    if (signal?.aborted) return;
    try {
      captured.push(await captureOne(proxy, folder, options));
      manifest.proxies = [...manifest.proxies, captured.at(-1) as CapturedProxy];
      folder.writeManifest(manifest);
    } catch (error) {
      if (signal?.aborted) return;
      if (!(error instanceof Failure) || error.id === 'PC1123') throw error;
      failures.push(error);
    } finally {
      await proxy.close();
      progress(proxies.length - wanted.length + captured.length + failures.length);
    }
  });
  signal?.removeEventListener('abort', closeAll);
  progress(proxies.length);
  if (failures.length === 0 && !signal?.aborted) folder.writeManifest({ ...manifest, finished: options.now().toISOString() });
  return { captured, kept: proxies.length - wanted.length, failures };
}

async function captureOne(proxy: LiveProxy, folder: CaptureFolder, { redact, now, signal }: CaptureOptions): Promise<CapturedProxy> {
  const { label, pod, container, adminPort, client } = proxy;
  const within = pod === undefined ? label.replace(/^[a-z]+:\/*/, '').replace(/[^\w.-]+/g, '_') : `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`;
  const captured = now().toISOString();
  const files: { file: string; request: string; bytes: number }[] = [];
  const missing: { request: string; why: string }[] = [];
  let envoyVersion: string | undefined;
  for (const [file, method, path] of PARTS) {
    try {
      const pieces = method === 'POST' ? await askedText(proxy, path) : await fetched(proxy, path, redact);
      if (file === 'server_info.json') envoyVersion = VERSION.exec(new TextDecoder().decode(pieces.head()))?.[1];
      files.push({ file, request: `${method} ${path}`, bytes: await folder.writeWhole(`${within}/${file}`, pieces.all(), signal) });
    } catch (error) {
      if (signal?.aborted || !(error instanceof Failure) || file === 'config_dump.json' || error.id === 'PC1123') throw error;
      missing.push({ request: `${method} ${path}`, why: error.message });
    }
  }
  return {
    name: client.label,
    folder: within,
    ...(pod === undefined ? {} : podFacts(pod)),
    ...(container === undefined ? {} : { container: container.container, image: container.image, product: container.product }),
    ...(adminPort === undefined ? {} : { adminPort }),
    ...(envoyVersion === undefined ? {} : { envoyVersion }),
    captured,
    files,
    missing,
  };
}

function podFacts(pod: NonNullable<LiveProxy['pod']>) {
  const { name, namespace, uid, labels } = pod.metadata;
  const node = pod.spec?.nodeName;
  return {
    pod: name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    ...(node === undefined ? {} : { node }),
    ...(labels === undefined ? {} : { labels }),
  };
}

interface Pieces {
  head(): Uint8Array;
  all(): Iterable<Uint8Array>;
}

const WINDOW = 1 << 20;

async function fetched({ client }: LiveProxy, path: string, redact: boolean): Promise<Pieces> {
  const source = await client.get(path);
  const plain = function* (): Generator<Uint8Array> {
    for (let at = 0; at < source.size; at += WINDOW) yield source.read(at, Math.min(at + WINDOW, source.size));
  };
  return { head: () => source.read(0, Math.min(WINDOW, source.size)), all: () => (redact ? redactedJson(source) : plain()) };
}

async function askedText({ client, label }: LiveProxy, path: string): Promise<Pieces> {
  const { status, text } = await client.ask('POST', path);
  if (status !== 200) throw new Failure({ id: 'PC1113', what: `${label}: POST ${path} answers with status ${status}`, place: label });
  const bytes = new TextEncoder().encode(text);
  return { head: () => bytes, all: () => [bytes] };
}

/** `[#####     ] 5 of 10 proxies` on a terminal; silent elsewhere. */
function progressBar(total: number, io: Io): (done: number) => void {
  if (!io.isTerminalErr || total < 2) return () => undefined;
  const WIDTH = 30;
  return (done) => {
    const full = Math.round((done / total) * WIDTH);
    io.err(done === total ? '\r\u001b[K' : `\r\u001b[K[${'#'.repeat(full)}${' '.repeat(WIDTH - full)}] ${done} of ${total} proxies`);
  };
}
