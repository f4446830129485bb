import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { pc } from '../support/pc.ts';

const MISSING = 'snapshots/founding-story-missing-subset';
const FIXED = 'snapshots/founding-story-fixed';
const folder = mkdtempSync(join(tmpdir(), 'pc-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('pc trace', () => {
  test('the founding story: both arms are broken, the subsets are named, and every statement has its place', async () => {
    const { status, out } = await pc('trace', 'http://catalog.istioinaction.io/items', '-f', MISSING);
    expect(status).toBe(1);
    for (const part of ['0.0.0.0_8080', 'http.8080', 'catalog.istioinaction.io:8080', '20 %', '80 %', '503', 'flag NC', 'cluster_not_found'])
      expect(out).toContain(part);
    expect(out.match(/error\[PC4001\]/g)).toHaveLength(1);
    expect(out).toContain('kind: DestinationRule');
    expect(out).toMatch(/name: version-v1\n[\s\S]*name: version-v2\n/);
    expect(out).toMatch(/\.configs\[\d+\]\.dynamic_route_configs\[0\]\.route_config\.virtual_hosts\[0\]\.routes\[0\]/);
    expect(out).not.toContain('\u001b[');
  });

  test('on the mended dump both arms are forwarded, with endpoints and health', async () => {
    const { status, out } = await pc('trace', 'http://catalog.istioinaction.io/items', '-f', FIXED);
    expect(status).toBe(0);
    expect(out).toMatch(/20 %\s+forwarded to outbound\|80\|version-v1\|/);
    expect(out).toMatch(/127\.0\.0\.1:\d+ {2}\d+ % {2}HEALTHY/);
  });

  test('-o json is the contract, with hops and diagnostics', async () => {
    const { status, out } = await pc('trace', 'http://catalog.istioinaction.io/items', '-f', MISSING, '-o', 'json');
    const answer = JSON.parse(out);
    expect(status).toBe(1);
    expect(answer).toMatchObject({ version: 1, verdict: 'broken', listener: '0.0.0.0_8080', gap: null });
    expect(answer.outcomes.map((o: { probability: number; break: string }) => [o.probability, o.break])).toEqual([
      [0.2, 'PC4001'],
      [0.8, 'PC4001'],
    ]);
    expect(answer.hops.at(-1)).toMatchObject({ stage: 'cluster', state: 'broken' });
    expect(answer.diagnostics).toMatchObject([{ id: 'PC4001', severity: 'error' }]);
  });

  test('--random follows the one way that Envoy takes for that number', async () => {
    const { out } = await pc('trace', 'http://catalog.istioinaction.io/items', '-f', FIXED, '-o', 'json', '--random', '119');
    expect(JSON.parse(out).outcomes).toMatchObject([{ probability: 1, cluster: expect.stringContaining('version-v1') }]);
  });

  test('--explain tells what was not taken, and why', async () => {
    const { out } = await pc('trace', 'http://nobody.example/', '-f', MISSING, '--explain');
    expect(out).toContain('no virtual host serves "nobody.example"');
    expect(out).toContain('serves catalog.istioinaction.io');
  });

  test('a listener may be picked by its name, or by its address', async () => {
    for (const listener of ['0.0.0.0_8080', '127.0.0.1:8080']) {
      const { out } = await pc('trace', 'http://catalog.istioinaction.io/items', '-f', FIXED, '--listener', listener, '-o', 'json');
      expect(JSON.parse(out)).toMatchObject({ verdict: 'forwarded', listener: '0.0.0.0_8080' });
    }
  });

  test('the port of the URL finds the listener, whatever the Host header says', async () => {
    const { out } = await pc('trace', '--curl', `curl -H 'Host: catalog.istioinaction.io' http://10.0.0.1:8080/items`, '-f', FIXED, '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({ verdict: 'forwarded', assumptions: [] });
  });

  test('places are spelled as the dump spells them', async () => {
    const camel = (text: string): string =>
      text.replace(/"([a-z0-9]+(?:_[a-z0-9]+)+)":/g, (_, key: string) => `"${key.replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase())}":`);
    const file = join(folder, 'camel.json');
    writeFileSync(file, camel(readFileSync(`${MISSING}/config_dump.json`, 'utf8')));
    const { out } = await pc('trace', 'http://catalog.istioinaction.io/items', '-f', file, '-o', 'json');
    const { hops, verdict } = JSON.parse(out) as { hops: { path: string }[]; verdict: string };
    expect(verdict).toBe('broken');
    expect(hops.map((hop) => hop.path).join(' ')).toMatch(/dynamicRouteConfigs\[0\]\.routeConfig\.virtualHosts\[0\]/);
    expect(hops.map((hop) => hop.path).join(' ')).not.toContain('_');
  });

  test('a batch answers each request with one line, in order', async () => {
    const file = join(folder, 'requests.jsonl');
    const base = { listener: { address: '127.0.0.1', port: 8080 }, authority: 'catalog.istioinaction.io' };
    writeFileSync(file, `${JSON.stringify({ id: 'b', ...base })}\n\n${JSON.stringify({ id: 'a', ...base, authority: 'nobody.example' })}\n`);
    const { status, out } = await pc('trace', '-f', FIXED, '--requests', file, '-o', 'jsonl');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(status).toBe(0);
    expect(lines.map((line) => [line.id, line.verdict])).toEqual([
      ['b', 'forwarded'],
      ['a', 'broken'],
    ]);
    expect(lines[0]).not.toHaveProperty('hops');
  });

  test.each([
    ['a line that is no JSON', '{"id":\n', 'PC1021'],
    ['a field of a wrong type', '{"path": 5}\n', 'PC1021'],
    ['a list', '[]\n', 'PC1021'],
  ])('%s is refused with file and line', async (_title, text, id) => {
    const file = join(folder, 'bad.jsonl');
    writeFileSync(file, `{"id":"ok"}\n${text}`);
    const { status, err } = await pc('trace', '-f', FIXED, '--requests', file);
    expect(status).toBe(2);
    expect(err).toContain(id);
    expect(err).toContain('bad.jsonl:2');
  });

  test('without a URL it says what it needs', async () => {
    const { status, err } = await pc('trace', '-f', FIXED);
    expect(status).toBe(2);
    expect(err).toContain('pc trace http://host/path');
  });
});
