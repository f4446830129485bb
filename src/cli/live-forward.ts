import { Failure } from '../dump/failure.ts';
import { openLocalPort } from '../source/live/local-port.ts';
import { isLive, type LiveSelection } from './command-input.ts';
import type { Io } from './io.ts';
import { findLiveProxies } from './live-proxies.ts';
import { usageFailure } from './run-cli.ts';

/** Where the admin interface can be reached on this machine, until it is closed. */
export interface Forwarded {
  readonly label: string;
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a port of 127.0.0.1 that leads to the admin port of the one proxy that is named; an address is taken as it is. Throws Failure PC11xx. */
export async function forwardOne(command: string, args: LiveSelection & { readonly port?: string | undefined }, io: Io): Promise<Forwarded> {
  if (!isLive(args)) throw usageFailure('no proxy is named: give a pod or workload, or -l', command);
  const port = Number(args.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw usageFailure(`--port ${args.port} is not a port`, command);
  const { proxies, notes } = await findLiveProxies(args, io);
  for (const note of notes) io.err(`note[PC1130]: ${note}\n`);
  const [proxy, ...others] = proxies;
  if (proxy === undefined || others.length > 0) throw usageFailure(`${proxies.length} proxies are named: give one`, command);
  const { label, dial } = proxy;
  if (dial === undefined) return { label, url: label, close: proxy.close };
  // Whether anything answers is known before a browser is sent there.
  try {
    await proxy.client.ask('GET', '/ready');
    const local = await openLocalPort(port, dial, (error) => io.err(`note: ${error instanceof Failure ? error.message : String(error)}\n`));
    const close = async (): Promise<void> => {
      await local.close();
      await proxy.close();
    };
    return { label, url: `http://127.0.0.1:${local.port}`, close };
  } catch (error) {
    await proxy.close();
    throw error;
  }
}
