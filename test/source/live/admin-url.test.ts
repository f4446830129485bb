import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AdminAnswer, type FakeAdmin, json, jsonAnswers, startFakeAdmin, text } from '../../support/fake-admin.ts';
import { SECTIONS } from '../../support/live-sections.ts';
import { pc } from '../../support/pc.ts';

const MASK = {
  listeners: 'GET /config_dump?mask=dynamic_listeners,static_listeners',
  clusters: 'GET /config_dump?mask=dynamic_active_clusters,dynamic_warming_clusters,static_clusters',
  endpoints: 'GET /config_dump?include_eds&mask=dynamic_endpoint_configs,static_endpoint_configs',
};

let admin: FakeAdmin;
let folder: string;
const serve = async (answer: AdminAnswer): Promise<void> => {
  admin = await startFakeAdmin(answer);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pc-test-'));
});
afterEach(async () => {
  await admin?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a table of the Envoy at an address', () => {
  test('is what the table of its saved dump is', async () => {
    await serve(jsonAnswers(SECTIONS));
    const file = join(folder, 'config_dump.json');
    writeFileSync(file, await (await fetch(`${admin.url}/config_dump?include_eds`)).text());
    for (const kind of ['listeners', 'clusters', 'endpoints']) {
      const live = await pc(kind, '--url', admin.url, '-o', 'wide');
      const saved = await pc(kind, '-f', file, '-o', 'wide');
      expect([live.status, live.out]).toEqual([0, saved.out]);
    }
  });

  test.each([
    ['listeners', [], [MASK.listeners]],
    ['clusters', [], [MASK.clusters]],
    ['clusters', ['--cluster', 'catalog-v2'], [`${MASK.clusters}&name_regex=(%3Fis).*catalog-v2.*`]],
    ['clusters', ['--cluster', 'cat*2'], [`${MASK.clusters}&name_regex=(%3Fis)cat.*2`]],
    ['clusters', ['--cluster', '~^catalog$'], [MASK.clusters]],
    ['endpoints', [], [MASK.clusters, MASK.endpoints, 'GET /clusters?format=json']],
    ['trace', ['http://shop/'], ['GET /config_dump?include_eds', 'GET /clusters?format=json']],
  ])('%s %j asks for what it needs and no more', async (command, more, requests) => {
    await serve(jsonAnswers(SECTIONS, { '/clusters': { cluster_statuses: [] } }));
    await pc(command, ...more, '--url', admin.url);
    expect(admin.requests).toEqual(requests);
  });

  test('is fetched whole where the filter by name leaves nothing, so that the nearest names can be told', async () => {
    await serve(jsonAnswers(SECTIONS));
    const { status, err } = await pc('clusters', '--cluster', 'catolog', '--url', admin.url);
    expect(status).toBe(1);
    expect(err).toContain('nearest  catalog');
    expect(admin.requests).toEqual([`${MASK.clusters}&name_regex=(%3Fis).*catolog.*`, MASK.clusters]);
  });

  test('is empty, and no failure, where the Envoy has no such section', async () => {
    await serve(jsonAnswers(SECTIONS));
    expect(await pc('ecds', '--url', admin.url)).toMatchObject({ status: 0, err: '' });
  });

  test('comes from the whole dump where the Envoy knows no masks, with a word about it', async () => {
    const whole = jsonAnswers(SECTIONS);
    await serve((request, response) => (request.url?.includes('mask') ? text(response, 400, 'unknown parameter mask') : whole(request, response)));
    const { status, out, err } = await pc('listeners', '--url', admin.url);
    expect(status).toBe(0);
    expect(out).toContain('8080');
    expect(err).toMatch(/^note\[PC1133\]: .*unknown parameter mask/);
  });

  test('comes through a socket file', async () => {
    const path = join(folder, 'admin.sock');
    admin = await startFakeAdmin(jsonAnswers(SECTIONS), path);
    const { status, out } = await pc('clusters', '--url', `unix:${path}`, '-o', 'name');
    expect([status, out]).toEqual([0, 'cluster/catalog\ncluster/catalog-v2\ncluster/users\n']);
  });

  test('is decompressed on the way', async () => {
    const body = gzipSync(
      JSON.stringify({ configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', static_clusters: SECTIONS.ClustersConfigDump }] }),
    );
    await serve((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(body));
    expect((await pc('clusters', '--url', admin.url, '-o', 'name')).out).toContain('cluster/users\n');
  });
});

const START = '{"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump", "static_clusters": [';

/** Sends a part of a dump and closes the connection when the client has it. */
function cutAfter(start: string, headers: Record<string, string>): AdminAnswer {
  return (_request, response: ServerResponse) => {
    response.writeHead(200, headers);
    response.write(start, () => response.socket?.end());
  };
}

describe('a failure has its id, its words, and status 2', () => {
  test.each<[string, AdminAnswer, string, string]>([
    ['a chunked body that is cut', cutAfter(START, {}), 'PC1115', `was cut after ${START.length} bytes`],
    ['a body shorter than its length', cutAfter(START, { 'content-length': '1000' }), 'PC1115', `was cut after ${START.length} bytes`],
    ['a body without length that ends too early', cutAfter(START, { connection: 'close', 'transfer-encoding': 'identity' }), 'PC1115', `bytes`],
    ['JSON that ends too early', (_q, s) => text(s, 200, START), 'PC1115', `ends too early, after ${START.length} bytes`],
    ['a cut gzip body', (_q, s) => s.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(START).subarray(0, 40)), 'PC1115', 'was cut after'],
    ['a closed connection', (_q, s) => s.socket?.destroy(), 'PC1115', 'was cut before an answer came'],
    ['a web page', (_q, s) => s.writeHead(200).end('<!doctype html><html><body>Hello</body></html>'), 'PC1114', "is not Envoy's"],
    ['text', (_q, s) => text(s, 200, 'hello'), 'PC1114', '(it begins "hello")'],
    ['an empty answer', (_q, s) => text(s, 200, ''), 'PC1114', "is not Envoy's"],
    ['JSON of something else', (_q, s) => json(s, 200, { hello: 'world' }), 'PC1114', "is not Envoy's"],
    ['status 503', (_q, s) => text(s, 503, 'upstream connect error'), 'PC1113', 'answers with status 503: upstream connect error'],
    ['silence', () => undefined, 'PC1116', 'took longer than the time limit of 0.2 s (0 bytes came)'],
    ['silence in the middle', (_q, s) => void s.writeHead(200).write(START), 'PC1116', `(${START.length} bytes came)`],
  ])('%s', async (_name, answer, id, words) => {
    await serve(answer);
    const { status, out, err } = await pc('clusters', '--url', admin.url, '--timeout', '200ms');
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(`error[${id}]: ${admin.url}`);
    expect(err).toContain(words);
    expect(err).toContain('\n  next  ');
    await admin.allClosed();
  });

  test('a port where nothing listens', async () => {
    await serve(() => undefined);
    await admin.stop();
    const { status, err } = await pc('clusters', '--url', admin.url);
    expect(status).toBe(2);
    expect(err).toContain(`error[PC1112]: ${admin.url}: the connection is refused`);
  });

  test('a socket file that is not there', async () => {
    const { status, err } = await pc('clusters', '--url', `unix:${folder}/none.sock`);
    expect([status, err]).toEqual([2, expect.stringContaining('error[PC1117]: unix:')]);
    expect(err).toContain('there is no such socket');
  });

  test.each([
    ['ftp://x', 'the scheme ftp is none'],
    ['http://', 'is not an address'],
  ])('--url %s', async (url, words) => {
    const { status, err } = await pc('clusters', '--url', url);
    expect([status, err]).toEqual([2, expect.stringMatching(/^error\[PC1120\]/)]);
    expect(err).toContain(words);
  });

  test('a file and an address together', async () => {
    const { status, err } = await pc('clusters', '--url', 'http://127.0.0.1:1', '-f', 'x');
    expect([status, err]).toEqual([2, expect.stringContaining('a file and a live proxy are named')]);
  });
});

describe('after a command', () => {
  test('no connection and no timer is left', async () => {
    await serve(jsonAnswers(SECTIONS, { '/clusters': { cluster_statuses: [] } }));
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await pc('endpoints', '--url', admin.url, '--timeout', '1h');
    await admin.allClosed();
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length).toBeLessThanOrEqual(before);
    expect(process.getActiveResourcesInfo()).not.toContain('TCPSocketWrap');
  });
});
