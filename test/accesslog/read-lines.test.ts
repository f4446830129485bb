import { describe, expect, test } from 'vitest';
import { compileFormat } from '../../src/accesslog/format-string.ts';
import { jsonReader } from '../../src/accesslog/json-lines.ts';
import { LatencySketch } from '../../src/accesslog/latency-sketch.ts';
import { isFailure, LogSummary } from '../../src/accesslog/log-summary.ts';
import { questionOfEntry } from '../../src/accesslog/question-of-entry.ts';
import { lineReader, splitLines } from '../../src/accesslog/read-lines.ts';
import { compareWithLine } from '../../src/diagnostics/explain-entry.ts';
import { Failure } from '../../src/dump/failure.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { cluster, connectionManager, host, httpListener, proxyOf, to } from '../support/http-builders.ts';

const ISTIO =
  '[2026-11-21T21:29:24.785Z] "GET /items?slow=2 HTTP/1.1" 504 UT response_timeout - "-" 0 24 500 - "10.10.0.20" "curl/7.88.1" "55fe484a" "catalog.io" "10.10.0.18:3000" outbound|80|v2|catalog.shop.svc.cluster.local 10.10.0.7:49162 10.10.0.7:8080 10.10.0.20:42862 - -';
const ENVOY =
  '[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0" "locations" "tcp://10.0.2.1:80"';

describe('known formats', () => {
  test("Istio's text format", () => {
    expect(lineReader()(ISTIO)).toMatchObject({
      time: '2026-11-21T21:29:24.785Z',
      method: 'GET',
      path: '/items?slow=2',
      status: 504,
      flags: 'UT',
      details: 'response_timeout',
      durationMs: 500,
      serviceMs: undefined,
      authority: 'catalog.io',
      upstreamHost: '10.10.0.18:3000',
      cluster: 'outbound|80|v2|catalog.shop.svc.cluster.local',
      downstreamLocal: '10.10.0.7:8080',
      route: '',
    });
  });

  test("Envoy's default format", () => {
    expect(lineReader()(ENVOY)).toMatchObject({ method: 'POST', status: 204, flags: '', durationMs: 226, serviceMs: 100, upstreamHost: '10.0.2.1:80' });
  });

  test('details with blanks, as older versions write them', () => {
    const old = ISTIO.replace('504 UT response_timeout', '503 UF upstream_reset_before_response_started{connection failure,delayed connect error: 111}');
    expect(lineReader()(old)).toMatchObject({ status: 503, details: 'upstream_reset_before_response_started{connection failure,delayed connect error: 111}' });
  });

  test('a user agent with quotes and a connection without HTTP', () => {
    expect(lineReader()(ISTIO.replace('curl/7.88.1', 'a "b" c'))).toMatchObject({ userAgent: 'a "b" c', requestId: '55fe484a' });
    const tcp = '[2026-11-21T21:28:23.417Z] "- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - - 10.10.0.16:3000 10.10.0.19:56336 - -';
    expect(lineReader()(tcp)).toMatchObject({ method: '', status: 0, flags: 'NR', cluster: '', downstreamLocal: '10.10.0.16:3000' });
  });

  test.each([
    ['kubectl logs --prefix', `[pod/web-1/istio-proxy] ${ISTIO}`],
    ['kubectl logs --timestamps', `2026-11-21T21:29:24.785123Z ${ISTIO}`],
    ['a node’s log file', `2026-11-21T21:29:24.785123+00:00 stdout F ${ISTIO}`],
  ])('the prefix of %s', (_, line) => {
    expect(lineReader()(line)?.status).toBe(504);
  });

  test('a line of another program is not guessed at', () => {
    expect(lineReader()('2026-11-21 info envoy main starting')).toBeUndefined();
    expect(lineReader()('{"level":"info","msg":"hello","time":"now"}')).toBeUndefined();
    expect(lineReader()('')).toBeUndefined();
  });
});

describe('formats of one’s own', () => {
  test('operators with arguments, lengths and percent signs', () => {
    const read = compileFormat('%START_TIME(%s.%3f)% 100%% %REQ(:AUTHORITY):20% <%RESPONSE_FLAGS%> %DURATION%ms %RESPONSE_CODE%\n');
    expect(read('1527590590.528 100% a.com <UF,URX> 12ms 503')).toMatchObject({
      time: '1527590590.528',
      authority: 'a.com',
      flags: 'UF,URX',
      durationMs: 12,
      status: 503,
    });
  });

  test.each(['no operators', '%RESPONSE_CODE', '%PROTOCOL% 50% of'])('refuses %j', (format) => {
    expect(() => compileFormat(format)).toThrow(Failure);
  });

  test('JSON with keys of any spelling', () => {
    const line = '{"http":{"status_code":503,"Method":"GET"},"responseFlags":"UH","request-path":"/x","upstream_cluster":"c","latency_ms":4}';
    expect(lineReader()(line)).toMatchObject({ status: 503, method: 'GET', flags: 'UH', path: '/x', cluster: 'c', durationMs: 4 });
  });

  test('JSON with a format: whatever the keys are called', () => {
    const read = jsonReader({ a: '%RESPONSE_CODE%', b: { c: '%REQ(:PATH)%' } });
    expect(read('{"a":404,"b":{"c":"/x"}}')).toMatchObject({ status: 404, path: '/x' });
  });
});

describe('many lines', () => {
  const read = lineReader();
  const line = (host: string, end: string, took: number): string =>
    ISTIO.replace('10.10.0.18:3000', host).replace('504 UT response_timeout', end).replace(' 24 500 ', ` 24 ${took} `);

  test('the slow one of three pods is named', () => {
    const summary = new LogSummary();
    for (let i = 0; i < 90; i++) {
      const host = `10.0.0.${(i % 3) + 1}:3000`;
      const text = i % 3 === 2 && i % 2 === 0 ? line(host, '504 UT response_timeout', 500) : line(host, '200 - via_upstream', 5);
      summary.add(read(text), text);
    }
    expect([...summary.causes.values()]).toMatchObject([{ status: 504, flags: 'UT', count: 15 }]);
    expect(summary.oddHosts().map(({ host }) => host.host)).toEqual(['10.0.0.3:3000']);
  });

  test('unknown lines are counted and kept to be shown', () => {
    const summary = new LogSummary();
    for (const text of ['nonsense', ISTIO]) summary.add(read(text), text);
    expect(summary).toMatchObject({ lines: 2, unknown: 1, unknownSamples: ['nonsense'] });
  });

  test('what counts as failed', () => {
    const failed = (end: string): boolean => isFailure(read(line('h:1', end, 1)) ?? (undefined as never));
    expect(failed('404 NR route_not_found')).toBe(true);
    expect(failed('404 - via_upstream')).toBe(false);
    expect(failed('500 - via_upstream')).toBe(true);
    expect(failed('0 DC downstream_remote_disconnect')).toBe(true);
    expect(failed('301 - direct_response')).toBe(false);
  });

  test('percentiles are off by a twentieth at most', () => {
    const sketch = new LatencySketch();
    for (let i = 1; i <= 1000; i++) sketch.add(i);
    for (const share of [0.5, 0.9, 0.99]) expect(Math.abs((sketch.percentile(share) ?? 0) / (share * 1000) - 1)).toBeLessThan(0.06);
  });

  test('lines that a piece of the stream cuts in two are whole again', async () => {
    const bytes = new TextEncoder().encode('one\nzwö\nthree');
    async function* cut() {
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    const lines: string[] = [];
    for await (const some of splitLines(cut())) lines.push(...some);
    expect(lines).toEqual(['one', 'zwö', 'three']);
  });
});

test('the cluster of a line is joined with the dump by its name, and by the alt_stat_name that Envoy logs in its place', async () => {
  const clusters = [{ ...cluster('checkout'), alt_stat_name: 'checkout_stats' }];
  const proxy = await proxyOf({ clusters, listeners: [httpListener(connectionManager({ name: 'r', virtual_hosts: [host('all', '*', [to('checkout')])] }))] });
  const read = lineReader();
  for (const name of ['checkout', 'checkout_stats', 'elsewhere']) {
    const line = `[2026-11-21T10:00:00.000Z] "GET /items HTTP/1.1" 200 - via_upstream - "-" 0 91 15 - "-" "curl" "a" "a.com" "127.0.0.1:1" ${name} - 127.0.0.1:8080 10.0.0.2:1 - -`;
    const entry = read(line);
    if (entry === undefined) throw new Error('not read');
    const { agrees } = compareWithLine(entry, traceRequest(proxy, questionOfEntry(entry, proxy)).outcomes, undefined);
    expect([name, agrees]).toEqual([name, name !== 'elsewhere']);
  }
});
