import { jqPath } from '../dump/dump-path.ts';
import { parseIp } from '../match/ip-address.ts';
import { ipAddressesOf, isBound, tcpAddressesOf } from '../match/listener-address.ts';
import type { TraceRequest } from '../match/request.ts';
import type { Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { findInterceptor } from './find-interceptor.ts';
import { type FoundListener, notListening } from './listener-arrival.ts';
import { fitOf, type HostFit } from './listener-routes.ts';
import type { ProxyIndex } from './proxy-index.ts';
import { type ProxyRole, roleOf } from './proxy-role.ts';
import { sidecarDestination } from './sidecar-destination.ts';

/**
 * The listener that a URL alone leads to. Behind a sidecar the application's connection is redirected, so the host's address decides; at
 * a gateway or a plain Envoy the port does. A client's port is often not the proxy's, as a Service may map it: where no listener has
 * the URL's port, the ones of the right scheme whose routes know the host are candidates, and one of them alone is taken.
 */
export function findListenerByUrl(index: ProxyIndex, request: TraceRequest): FoundListener {
  const isTls = request.tls != null || request.scheme === 'https';
  const authority = splitAuthority(request.authority ?? '');
  const port = request.url?.port ?? authority.port ?? (isTls ? 443 : 80);
  const { host } = authority;
  const role = roleOf(index);
  if (role === 'sidecar') return behindSidecar(index, request.url !== undefined && parseIp(request.url.host) !== undefined ? request.url.host : host, port);
  const served = index.listeners.filter((l) => isBound(l.value) && tcpAddressesOf(l.value).length > 0);
  const fits = served.map((listener) => ({ listener, fit: fitOf(index, listener.value, isTls, host, request.authority ?? '') }));
  const atPort = fits.filter(({ listener }) => tcpAddressesOf(listener.value).some((own) => own.port === port));
  const taken =
    atPort.length > 0 ? bestOf(atPort) : bestOf(fits.filter(({ fit, listener }) => fit !== 'wrong scheme' && !isOfTheProxyItself(listener, role, served)));
  if (taken.length === 0) return notListening(index, { address: parseIp(host) === undefined ? '*' : host, port });
  const [only, ...others] = taken;
  if (only === undefined || others.length > 0) return severalListeners(taken, host, port);
  const own = tcpAddressesOf(only.value).find((a) => a.port === port) ?? tcpAddressesOf(only.value)[0];
  const assumptions = own === undefined || own.port === port ? [] : [`a Service maps port ${port} to ${own.port}`];
  const rule = assumptions[0] ?? `listens on port ${port}`;
  const local = { address: own === undefined || own.ip.bits === 0n ? '' : own.text, port: own?.port };
  return { kind: 'arrives', arrival: { listener: only, local, assumptions, rejected: rejectedOf(fits, only), rule } };
}

function behindSidecar(index: ProxyIndex, host: string, port: number): FoundListener {
  const { destination, assumption } = sidecarDestination(index, host, port);
  const interceptor = findInterceptor(index, destination);
  if (interceptor === undefined) return notListening(index, destination);
  const [own] = ipAddressesOf(interceptor.listener.value);
  const assumptions = [assumption, interceptor.assumption];
  return {
    kind: 'arrives',
    arrival: {
      listener: interceptor.listener,
      local: { address: '', port: own?.port },
      redirectedFrom: destination,
      assumptions,
      rejected: [],
      rule: interceptor.assumption,
    },
  };
}

/** `host:port`, `[::1]:port`, or a host alone. */
export function splitAuthority(authority: string): { readonly host: string; readonly port: number | undefined } {
  const parts = /^(?:.*@)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority);
  const port = parts?.[2];
  return { host: (parts?.[1] ?? authority).replace(/^\[(.*)\]$/, '$1'), port: port === undefined ? undefined : Number(port) };
}

interface Candidate {
  readonly listener: Resource<Listener>;
  readonly fit: HostFit;
}

/** Those that name the host, else those that take any host, else whatever is left. */
function bestOf(candidates: readonly Candidate[]): readonly Resource<Listener>[] {
  for (const wanted of ['named', 'any', 'other', 'wrong scheme'] as const) {
    const found = candidates.filter(({ fit }) => fit === wanted).map(({ listener }) => listener);
    if (found.length > 0) return found;
  }
  return [];
}

const OWN_NAMES = /(^|[-_:/.])(ready|readiness|liveness|health|healthz|probe|stats|metrics|prometheus|admin)([-_:/.]|$)/i;

/** Listeners for the proxy's own health and metrics: static ones of an Istio proxy, or beside dynamic ones, and those named so. */
function isOfTheProxyItself(listener: Resource<Listener>, role: ProxyRole, all: readonly Resource<Listener>[]): boolean {
  if (OWN_NAMES.test(listener.name)) return true;
  return listener.state === 'static' && (role !== 'plain' || all.some((other) => other.state === 'active'));
}

function severalListeners(taken: readonly Resource<Listener>[], host: string, port: number): FoundListener {
  const names = taken.map(
    (l) =>
      `"${l.name}" (${ipAddressesOf(l.value)
        .map((a) => `${a.text}:${a.port}`)
        .join(', ')})`,
  );
  const what = `several listeners may take the connection to ${host}:${port}: ${names.join(', ')}; pick one with --listener`;
  return { kind: 'gap', gap: { id: 'PC9010', what, path: jqPath(taken[0]?.path ?? []) } };
}

const REASONS: Readonly<Record<HostFit, string>> = {
  named: 'its routes name the host, but it has another port',
  any: 'its routes take any host, but none names this one',
  other: 'none of its routes knows the host',
  'wrong scheme': 'it does not serve the scheme of the URL',
};

function rejectedOf(
  fits: readonly Candidate[],
  taken: Resource<Listener>,
): readonly { readonly name: string; readonly reason: string; readonly path: string }[] {
  return fits
    .filter(({ listener }) => listener !== taken)
    .map(({ listener, fit }) => ({ name: listener.name, reason: REASONS[fit], path: jqPath(listener.path) }));
}
