import fc from 'fast-check';
import type { TraceRequest } from '../../../src/match/request.ts';

type Text = (text: string) => string;

const PATHS: readonly Text[] = [
  (path) => `${path}/`,
  (path) => `${path}x`,
  (path) => (path.length > 1 ? path.slice(0, -1) : path),
  (path) => `${path}${path.includes('?') ? '&' : '?'}x=1`,
  (path) => path.replace('?', ''),
  (path) => path.replace('/', '//'),
  (path) => path.replace(/\/(?=[^/]*$)/, '%2F'),
  (path) => path.replace(/[a-z]/i, (letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase())),
  (path) => path.replace(/[a-z0-9]/i, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (path) => `/.${path}`,
  (path) => `/z/..${path}`,
  (path) => path.replace(/^([^?]*)/, '$1;v=1'),
  (path) => path.replace(/\?(.*)$/, '?$1&$1'),
  () => '/',
];

const HOSTS: readonly Text[] = [
  (host) => `${host}:8080`,
  (host) => `${host}:80`,
  (host) => host.replace(/:\d+$/, ''),
  (host) => host.toUpperCase(),
  (host) => `${host}.`,
  (host) => `x.${host}`,
  (host) => `x${host}`,
  (host) => host.replace(/^[^.]*\./, ''),
  (host) => `${host}x`,
];

const VALUES: readonly Text[] = [
  (value) => `${value}x`,
  (value) => value.slice(0, -1),
  (value) => value.toUpperCase(),
  (value) => ` ${value}`,
  (value) => String(Number.parseInt(value, 10) + 1),
  () => '',
];

const SERVER_NAMES: readonly Text[] = [(sni) => `x.${sni}`, (sni) => sni.toUpperCase(), (sni) => sni.replace(/^[^.]*\./, ''), (sni) => `${sni}x`, () => ''];
const ALPN = [[], ['h2'], ['http/1.1'], ['foo'], ['foo', 'http/1.1'], ['istio', 'http/1.1'], ['h2', 'http/1.1']];
const SOURCES = ['127.0.0.1', '10.0.0.1', '10.1.2.3', '192.168.1.1', '203.0.113.9'];

const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];

/** Requests like the recorded ones but not among them: one part a step off, or parts of two of them put together. */
export function variantsOf(recorded: readonly TraceRequest[]): fc.Arbitrary<TraceRequest> {
  const any = fc.constantFrom(...recorded);
  const step = (texts: readonly Text[], change: (request: TraceRequest, text: Text) => TraceRequest) =>
    fc.constantFrom(...texts).map((text) => (request: TraceRequest) => change(request, text));
  const changes = fc.oneof(
    { arbitrary: step(PATHS, (r, text) => ({ ...r, path: text(r.path ?? '/') })), weight: 6 },
    { arbitrary: step(HOSTS, (r, text) => (typeof r.authority === 'string' ? { ...r, authority: text(r.authority) } : r)), weight: 4 },
    { arbitrary: fc.constantFrom(...METHODS).map((method) => (r: TraceRequest) => ({ ...r, method })), weight: 2 },
    { arbitrary: fc.nat(9).chain((i) => step(VALUES, (r, text) => withHeader(r, i, text))), weight: 4 },
    { arbitrary: fc.nat(9).map((i) => (r: TraceRequest) => ({ ...r, headers: (r.headers ?? []).filter((_, at) => at !== i) })), weight: 2 },
    { arbitrary: fc.nat(9).map((i) => (r: TraceRequest) => repeated(r, i)), weight: 1 },
    { arbitrary: any.map((other) => (r: TraceRequest) => ({ ...r, path: other.path ?? '/' })), weight: 3 },
    { arbitrary: any.map((other) => (r: TraceRequest) => withAuthority(r, other)), weight: 3 },
    { arbitrary: any.map((other) => (r: TraceRequest) => ({ ...r, headers: [...(r.headers ?? []), ...(other.headers ?? [])] })), weight: 3 },
    { arbitrary: any.map((other) => (r: TraceRequest) => withConnection(r, other)), weight: 3 },
    { arbitrary: step(SERVER_NAMES, (r, text) => withTls(r, { sni: text(r.tls?.sni ?? '') })), weight: 2 },
    { arbitrary: fc.constantFrom(...ALPN).map((alpn) => (r: TraceRequest) => withTls(r, { alpn })), weight: 2 },
    { arbitrary: fc.constantFrom(-1, 1, 10_000).map((step) => (r: TraceRequest) => withDestinationPort(r, step)), weight: 1 },
    {
      arbitrary: fc
        .constantFrom(...SOURCES)
        .map((address) => (r: TraceRequest) => (r.proxy_protocol && !r.destination?.address?.includes(':') ? { ...r, source: { address, port: 40_000 } } : r)),
      weight: 1,
    },
    { arbitrary: fc.constant((r: TraceRequest) => (r.tls === undefined ? { ...r, protocol: r.protocol === 'h2' ? 'http/1.1' : 'h2' } : r)), weight: 2 },
  ) as fc.Arbitrary<(request: TraceRequest) => TraceRequest>;
  return fc
    .tuple(any, fc.array(changes, { minLength: 1, maxLength: 2 }))
    .map(([request, list]) => sendable(list.reduce((changed, change) => change(changed), request)));
}

function withHeader(request: TraceRequest, i: number, text: Text): TraceRequest {
  return { ...request, headers: (request.headers ?? []).map(([name, value], at) => [name, at === i ? text(value).trimStart() : value] as const) };
}

function repeated(request: TraceRequest, i: number): TraceRequest {
  const header = request.headers?.[i];
  return header === undefined ? request : { ...request, headers: [...(request.headers ?? []), [header[0], `${header[1]}2`]] };
}

function withAuthority(request: TraceRequest, { authority }: TraceRequest): TraceRequest {
  return typeof authority === 'string' ? { ...request, authority } : request;
}

/** An IP address is no server name, and an empty one is none. */
function withTls(request: TraceRequest, { sni, alpn }: { readonly sni?: string; readonly alpn?: readonly string[] }): TraceRequest {
  if (request.tls === undefined || request.tls === null) return request;
  const { sni: before, alpn: offered, ...rest } = request.tls;
  const name = sni === undefined ? before : /^[\d.:]*$/.test(sni) ? undefined : sni;
  const protocols = alpn ?? offered;
  const tls = { ...rest, ...(name === undefined ? {} : { sni: name }), ...(protocols === undefined ? {} : { alpn: protocols }) };
  return { ...request, tls, protocol: protocols?.includes('h2') ? 'h2' : 'http/1.1' } as TraceRequest;
}

function withDestinationPort(request: TraceRequest, step: number): TraceRequest {
  const { destination } = request;
  if (!request.proxy_protocol || destination === undefined || destination === null) return request;
  return { ...request, destination: { ...destination, port: Math.min(65_535, Number(destination.port) + step) } };
}

/** The other request's way to the proxy: listener, addresses and TLS. */
function withConnection(request: TraceRequest, other: TraceRequest): TraceRequest {
  const { listener, destination, source, proxy_protocol, scheme, tls, protocol } = other;
  const { destination: _, source: __, proxy_protocol: ___, tls: ____, ...rest } = request;
  return {
    ...rest,
    listener,
    scheme,
    protocol,
    ...(destination === undefined ? {} : { destination }),
    ...(source === undefined ? {} : { source }),
    ...(proxy_protocol === undefined ? {} : { proxy_protocol }),
    ...(tls === undefined ? {} : { tls }),
  } as TraceRequest;
}

/** What this repository's client can put on the wire as it stands: over HTTP/2 only plain hosts, and a standard header once. */
function sendable(request: TraceRequest): TraceRequest {
  if (request.protocol !== 'h2') return request;
  const authority = typeof request.authority === 'string' && /^[\w.-]+(:\d+)?$/.test(request.authority) ? request.authority : 'a.com';
  const headers = (request.headers ?? []).filter(
    ([name], i, all) => !CONNECTION_HEADERS.has(name.toLowerCase()) && (name.startsWith('x-') || all.findIndex(([other]) => other === name) === i),
  );
  return { ...request, authority, headers };
}

const CONNECTION_HEADERS = new Set(['connection', 'upgrade', 'host', 'keep-alive', 'transfer-encoding', 'te', 'content-length']);
