import fc from 'fast-check';
import type { TraceRequest } from '../../../src/match/request.ts';
import type { JsonObject } from '../xds-files.ts';
import { CLUSTERS } from './actions.ts';
import type { Configuration } from './configuration.ts';
import { hostsNear } from './domains.ts';
import { pathsNear } from './path-matchers.ts';
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
  return configuration.about === 'filter chains' ? connections(configuration) : httpRequests(configuration);
}

function httpRequests(configuration: Configuration): fc.Arbitrary<TraceRequest> {
  const domains = found(configuration, 'domains').flat() as string[];
  const matches = found(configuration, 'match') as JsonObject[];
  const hosts = fc.constantFrom('a.com', ...domains).chain((domain) => fc.constantFrom(...hostsNear(domain)));
  const paths = fc.constantFrom<JsonObject[]>({ prefix: '/a' }, ...matches).chain((match) => fc.constantFrom(...pathsNear(match)));
  const names = [
    ...new Set(
      found(configuration, 'name').filter((name): name is string => typeof name === 'string' && /^(x-|user-agent|accept|referer|content-type)/.test(name)),
    ),
  ];
  const text = JSON.stringify([configuration.listener, configuration.routes]);
  const special = [
    text.includes('cluster_header') ? [fc.constantFrom(...CLUSTERS).map((value): [string, string] => ['x-cluster', value])] : [],
    text.includes('vhost_header') ? [fc.constantFrom(...domains).map((value): [string, string] => ['x-host', value])] : [],
    text.includes('require_tls') || text.includes('x-forwarded-proto')
      ? [fc.constantFrom('http', 'https', 'HTTPS').map((value): [string, string] => ['x-forwarded-proto', value])]
      : [],
    text.includes('cookies') ? [fc.constantFrom('s=a', 's="ab"; u=b', 'u=a;s=b', 's', 's=').map((value): [string, string] => ['cookie', value])] : [],
    text.includes('grpc')
      ? [fc.constantFrom('application/grpc', 'application/grpc+proto', 'application/grpc-web').map((value): [string, string] => ['content-type', value])]
      : [],
  ].flat();
  const plain = names.map((name) => fc.constantFrom(...VALUES).map((value): [string, string] => [name, value]));
  const header = [...plain, ...plain, ...special];
  const headers = header.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...header), { maxLength: 4 });
  const query = text.includes('query_parameters') ? fc.constantFrom('', '?q=a', '?q=ab&q=b', '?Q=a', '?d', '?q=&d=b', '?q=%61', '?d=A&q=b') : fc.constant('');
  return fc
    .record({
      host: hosts,
      path: paths,
      query,
      headers,
      method: fc.oneof({ arbitrary: fc.constant('GET'), weight: 8 }, { arbitrary: fc.constantFrom('POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'), weight: 3 }),
      protocol: fc.oneof(
        { arbitrary: fc.constant('http/1.1' as const), weight: 12 },
        { arbitrary: fc.constant('h2' as const), weight: 4 },
        { arbitrary: fc.constant('http/1.0' as const), weight: 1 },
      ),
      noHost: fc.integer({ min: 0, max: 40 }).map((n) => n === 40),
    })
    .map(({ host, path, query: q, headers: list, method, protocol, noHost }) => ({
      ...BASE,
      method,
      protocol,
      authority: noHost && protocol !== 'h2' ? null : host,
      path: path.includes('?') ? path : path + q,
      headers: list,
    }));
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

/** Every value of a field of that name, at any depth. */
function found(configuration: Configuration, field: string): unknown[] {
  const values: unknown[] = [];
  JSON.stringify([configuration.listener, configuration.routes], (key, value) => {
    if (key === field) values.push(value);
    return value;
  });
  return values;
}
