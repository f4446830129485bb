import fc from 'fast-check';
import type { TraceRequest } from '../../../src/match/request.ts';
import type { JsonObject } from '../xds-files.ts';
import { CLUSTERS } from './actions.ts';
import type { Configuration } from './configuration.ts';
import { hostNear } from './domains.ts';
import { HANDOVER_DESTINATIONS } from './handover.ts';
import { pathNear } from './path-matchers.ts';
import { VALUES } from './value-matchers.ts';

/** Stands for the listener's own port in a request to a configuration that is not deployed yet. */
export const OWN_PORT_NUMBER = 0;

const BASE: TraceRequest = {
  listener: { address: '127.0.0.1', port: OWN_PORT_NUMBER },
  source: { address: '127.0.0.1' },
  scheme: 'http',
  protocol: 'http/1.1',
  method: 'GET',
  authority: 'a.com',
  path: '/',
  headers: [],
};

/** Requests aimed near the borders of what the configuration matches. */
export function requestsTo(configuration: Configuration): fc.Arbitrary<TraceRequest> {
  if (configuration.about === 'filter chains') return connections(configuration);
  if (configuration.about === 'hand-over') return handovers;
  return httpRequests(configuration);
}

interface Target {
  readonly domain: string;
  readonly match: JsonObject;
}

/** A domain of a virtual host with one of its own routes, mostly; now and then with any other route. */
function targets(configuration: Configuration): fc.Arbitrary<Target> {
  const hosts = found(configuration, 'virtual_hosts').flat() as { domains: string[]; routes?: { match: JsonObject }[] }[];
  const own = hosts.flatMap(({ domains, routes = [{ match: { prefix: '/a' } }] }) =>
    domains.flatMap((domain) => routes.map(({ match }) => ({ domain, match }))),
  );
  const any = fc.record({
    domain: fc.constantFrom('a.com', ...hosts.flatMap((h) => h.domains)),
    match: fc.constantFrom<JsonObject[]>({ prefix: '/a' }, ...own.map((t) => t.match)),
  });
  return own.length === 0 ? any : fc.oneof({ arbitrary: fc.constantFrom(...own), weight: 5 }, { arbitrary: any, weight: 1 });
}

type Header = readonly [string, string];

/** Headers that the target's matchers ask about: mostly one value each, near what is asked for. */
function headersFor({ match }: Target, special: readonly fc.Arbitrary<Header>[]): fc.Arbitrary<Header[]> {
  const asked = ((match['headers'] ?? []) as JsonObject[]).filter((matcher) => !String(matcher['name']).startsWith(':'));
  const near = asked.map((matcher): fc.Arbitrary<Header[]> => {
    const exact = Object.values((matcher['string_match'] ?? {}) as JsonObject).find((v): v is string => typeof v === 'string');
    const value = fc.oneof(fc.constant(exact ?? 'a'), fc.constantFrom(...VALUES));
    const one = value.map((text): Header => [String(matcher['name']), text]);
    return fc.oneof({ arbitrary: one.map((header) => [header]), weight: 6 }, { arbitrary: fc.array(one, { maxLength: 3 }), weight: 2 });
  });
  const others = special.map((header): fc.Arbitrary<Header[]> => fc.array(header, { maxLength: 1 }));
  return fc.tuple(...near, ...others).map((lists) => lists.flat());
}

/** Headers that some part of the configuration looks at, other than by header matchers. */
function specialHeaders(configuration: Configuration): fc.Arbitrary<Header>[] {
  const text = JSON.stringify([configuration.listener, configuration.routes]);
  const domains = found(configuration, 'domains').flat() as string[];
  const one = (name: string, values: readonly string[]): fc.Arbitrary<Header> => fc.constantFrom(...values).map((value): Header => [name, value]);
  return [
    text.includes('cluster_header') ? [one('x-cluster', CLUSTERS)] : [],
    text.includes('vhost_header') ? [one('x-host', domains)] : [],
    text.includes('x-weight') ? [one('x-weight', ['0', '19', '20', '55', '4294967296', 'x', '-1'])] : [],
    text.includes('require_tls') || text.includes('x-forwarded-proto') ? [one('x-forwarded-proto', ['http', 'https', 'HTTPS'])] : [],
    text.includes('EXTERNAL_ONLY') ? [one('x-forwarded-for', ['10.1.1.1', '127.0.0.1', '192.0.2.1'])] : [],
    text.includes('cookies') ? [one('cookie', ['s=a', 's="ab"; u=b', 'u=a;s=b', 's', 's='])] : [],
    text.includes('"grpc"') ? [one('content-type', ['application/grpc', 'application/grpc+proto', 'application/grpc-web'])] : [],
    text.includes('matcher_tree') || text.includes('matcher_list') ? [one('x-a', ['a', 'ab', 'b', ''])] : [],
    text.includes('host_rewrite_header') ? [one('x-a', ['from-header.com', ''])] : [],
  ].flat();
}

function httpRequests(configuration: Configuration): fc.Arbitrary<TraceRequest> {
  const special = specialHeaders(configuration);
  const queries = JSON.stringify(configuration.listener).includes('query_parameters')
    ? ['', '?q=a', '?q=ab&q=b', '?Q=a', '?d', '?q=&d=b', '?q=%61', '?d=A&q=b']
    : [''];
  return targets(configuration).chain((target) =>
    fc
      .record({
        host: hostNear(target.domain),
        path: pathNear(target.match),
        query: fc.constantFrom(...queries),
        headers: headersFor(target, special),
        method: fc.oneof({ arbitrary: fc.constant('GET'), weight: 8 }, { arbitrary: fc.constantFrom('POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'), weight: 3 }),
        protocol: fc.oneof(
          { arbitrary: fc.constant('http/1.1'), weight: 24 },
          { arbitrary: fc.constant('h2'), weight: 8 },
          { arbitrary: fc.constant('http/1.0'), weight: 1 },
        ),
        upgrade: fc.oneof({ arbitrary: fc.constant(''), weight: 25 }, { arbitrary: fc.constantFrom('websocket', 'WebSocket', 'foo'), weight: 1 }),
        noHost: fc.integer({ min: 0, max: 40 }).map((n) => n === 40),
      })
      .map(({ host, path, query, headers, method, protocol, noHost, upgrade }): TraceRequest => {
        const request = { ...BASE, method, path: path.includes('?') ? path : path + query };
        if (upgrade !== '') return { ...request, method: 'GET', authority: host, headers: [...headers, ['connection', 'Upgrade'], ['upgrade', upgrade]] };
        if (protocol === 'h2') return { ...request, protocol, authority: PLAIN_HOST.test(host) ? host : 'a.com', headers: headers.filter(sendableOverHttp2) };
        return { ...request, protocol: protocol as 'http/1.1', authority: noHost ? null : host, headers };
      }),
  );
}

/** A host that no HTTP/2 library minds. */
const PLAIN_HOST = /^[\w.-]+(:\d+)?$/;

/** Node sends a standard header only once over HTTP/2. */
function sendableOverHttp2([name]: Header, index: number, all: readonly Header[]): boolean {
  return name.startsWith('x-') || all.findIndex(([other]) => other === name) === index;
}

const DESTINATIONS = [
  { address: '10.1.2.3', port: 443 },
  { address: '10.1.9.9', port: 80 },
  { address: '10.9.9.9', port: OWN_PORT_NUMBER },
  { address: '127.0.0.1', port: 443 },
  { address: '192.168.0.1', port: 80 },
];
const SOURCES = [
  { address: '10.1.2.3', port: 40000 },
  { address: '127.0.0.1', port: 40001 },
  { address: '10.5.5.5', port: 40000 },
  { address: '192.168.7.7', port: 40002 },
];
const ALPN = [[], ['h2'], ['http/1.1'], ['h2', 'http/1.1'], ['foo'], ['istio', 'http/1.1'], ['http/1.0', 'foo']];

/** Connections: with and without TLS, with and without a PROXY header where the listener reads one. */
function connections(configuration: Configuration): fc.Arbitrary<TraceRequest> {
  const readsProxyHeader = JSON.stringify(configuration.listener).includes('listener.proxy_protocol');
  const tls = fc.record({ sni: fc.constantFrom(undefined, 'a.com', 'b.a.com', 'z.b.a.com', 'x', 'B.A.com', 'y.com'), alpn: fc.constantFrom(...ALPN) });
  const proxy = fc.record({ version: fc.constantFrom(1, 2), destination: fc.constantFrom(...DESTINATIONS), source: fc.constantFrom(...SOURCES) });
  return fc
    .record({
      tls: fc.option(tls, { nil: undefined, freq: 3 }),
      proxy: readsProxyHeader ? proxy : fc.constant(undefined),
      protocol: fc.oneof(
        { arbitrary: fc.constant('http/1.1' as const), weight: 4 },
        { arbitrary: fc.constantFrom('h2' as const, 'http/1.0' as const), weight: 1 },
      ),
    })
    .map(({ tls: secure, proxy: header, protocol }) => ({
      ...BASE,
      protocol: secure ? (secure.alpn[0] === 'h2' ? 'h2' : 'http/1.1') : protocol,
      ...(secure ? { scheme: 'https', tls: { ...(secure.sni === undefined ? {} : { sni: secure.sni }), alpn: secure.alpn } } : {}),
      ...(header ? { proxy_protocol: header.version, destination: header.destination, source: header.source } : {}),
    }));
}

/** The destinations are text with placeholders until the request is aimed. */
const handovers: fc.Arbitrary<TraceRequest> = fc.constantFrom(...HANDOVER_DESTINATIONS).chain((destination) =>
  fc.constantFrom(1, 2).map((version): TraceRequest => {
    const [address = '', port = ''] = destination.split(':');
    return { ...BASE, proxy_protocol: version, destination: { address, port: port as unknown as number }, source: { address: '10.5.5.5', port: 40000 } };
  }),
);

/** Every value of a field of that name, at any depth. */
function found(configuration: Configuration, field: string): unknown[] {
  const values: unknown[] = [];
  JSON.stringify([configuration.listener, configuration.routes], (key, value) => {
    if (key === field) values.push(value);
    return value;
  });
  return values;
}
