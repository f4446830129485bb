import { connect, createServer, type Socket } from 'node:net';
import { networkFilter } from '../istio/http-connection-manager.ts';
import type { JsonObject, XdsResources } from '../xds-files.ts';
import type { ChainRequest } from './chain-case.ts';

/** Stands in for iptables of one pod: what is dialled at a pod's port reaches the sidecar's inbound listener. */
export interface Redirection {
  /** The port of 127.0.0.1 that stands for the pod's. */
  readonly from: number;
  /** The sidecar's inbound listener. */
  readonly to: number;
}

/** Carries connections on with a PROXY header that keeps their original destination, as redirection would. Returns what stops it. */
export async function redirect({ from, to }: Redirection): Promise<() => Promise<void>> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const sidecar = connect(to, '127.0.0.1');
    for (const socket of [client, sidecar]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    }
    sidecar.write(`PROXY TCP4 127.0.0.1 127.0.0.1 ${client.remotePort} ${from}\r\n`);
    client.pipe(sidecar);
    sidecar.pipe(client);
    client.on('error', () => sidecar.destroy());
    sidecar.on('error', () => client.destroy());
    client.on('close', () => sidecar.destroy());
    sidecar.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(from, '127.0.0.1', resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
}

const ORIGINAL_DST = networkFilter('envoy.filters.listener.original_dst', 'envoy.extensions.filters.listener.original_dst.v3.OriginalDst');

/** The listeners as Istio writes them: what iptables keeps of a destination takes the place of the PROXY header. */
export function redirectedByIptables(resources: XdsResources): XdsResources {
  const listeners = (resources.listeners ?? []).map((listener): JsonObject => {
    const filters = (listener['listener_filters'] ?? []) as JsonObject[];
    const kept = filters.filter(({ name }) => name !== 'envoy.filters.listener.proxy_protocol');
    if (kept.length === filters.length) return listener;
    return { ...listener, listener_filters: listener['use_original_dst'] === true ? kept : [ORIGINAL_DST, ...kept] };
  });
  return { ...resources, listeners };
}

/** A request as it is asked of a proxy behind iptables: by its destination alone. */
export function asRedirected({ times: _, ...request }: ChainRequest): Omit<ChainRequest, 'times'> {
  if (request.proxy_protocol === undefined) return request;
  const { listener: __, proxy_protocol: ___, ...asked } = request;
  return asked;
}
