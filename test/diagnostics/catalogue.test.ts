import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxy } from '../../src/cli/load-proxy.ts';
import { ALL_BREAKS, CATALOGUE } from '../../src/diagnostics/catalogue.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnose.ts';
import { FINDINGS } from '../../src/diagnostics/findings/index.ts';
import { locate } from '../../src/diagnostics/locate.ts';
import { RETIRED } from '../../src/diagnostics/retired.ts';
import { parseJqPath } from '../../src/dump/parse-jq-path.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { explainAnswer } from '../../src/trace/explain-answer.ts';
import type { TraceAnswer } from '../../src/trace/trace-answer.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import type { Observed } from '../oracle/observed.ts';
import { projectRoot } from '../support/project-root.ts';
import { CHAIN_SNAPSHOTS, recordedChains } from '../support/recorded-chains.ts';

const HEADINGS = ['What you see', 'What it means', 'Why it happens', 'Find it yourself', 'Fix', 'Example', 'History'];
const PAGES = join(projectRoot(), 'docs', 'diagnostics');
const SNAPSHOTS = join(projectRoot(), 'snapshots');

/** Breaks that no snapshot shows, each with the reason. A break that gets one leaves this list. */
const WITHOUT_SNAPSHOT: Readonly<Record<string, string>> = {};
const isGap = (id: string): boolean => id.startsWith('PC1') || id.startsWith('PC9');

const pages = readdirSync(PAGES).filter((name) => name.endsWith('.md'));
const source = new Map(sourceFiles(join(projectRoot(), 'src')).map((file) => [file, readFileSync(file, 'utf8')]));

describe('the catalogue', () => {
  test('every id is unique and well-formed', () => {
    const ids = ALL_BREAKS.map((entry) => entry.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, slug } of ALL_BREAKS) {
      expect(id).toMatch(/^PC[1-79]\d{3}$/);
      expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    }
  });

  test('a finding that is also a break has the same slug', () => {
    for (const [id, finding] of FINDINGS) expect(CATALOGUE.get(id)?.slug ?? finding.slug, id).toBe(finding.slug);
  });

  test.each(ALL_BREAKS.map((entry) => entry.id))('%s is emitted outside of the catalogue', (id) => {
    const users = [...source].filter(([file, text]) => !file.includes(`${join('src', 'diagnostics')}`) && text.includes(`'${id}'`));
    expect(users.map(([file]) => file)).not.toEqual([]);
  });

  test('retired ids are neither emitted nor described', () => {
    for (const id of RETIRED.keys()) expect(CATALOGUE.has(id) || FINDINGS.has(id), id).toBe(false);
  });
});

describe('the pages', () => {
  const used = new Set([...source.values()].flatMap((text) => text.match(/\bPC\d{4}\b/g) ?? []));

  test.each([...used].sort())('%s has a page', (id) => {
    expect(pages).toContain(`${id}.md`);
  });

  test.each(pages)('%s has every heading in order, each with text, and belongs to an id', (name) => {
    const text = readFileSync(join(PAGES, name), 'utf8');
    const parts = text.split(/^## /m).slice(1);
    expect(parts.map((part) => part.split('\n')[0])).toEqual(HEADINGS);
    for (const part of parts) expect(part.split('\n').slice(1).join('').trim(), part).not.toBe('');
    const id = name.replace('.md', '');
    expect(used.has(id) || RETIRED.has(id)).toBe(true);
    const slug = CATALOGUE.get(id)?.slug ?? FINDINGS.get(id)?.slug;
    if (slug !== undefined) expect(text.split('\n')[0]).toBe(`# ${id} ${slug}`);
  });

  test.each(pages)('the links of %s lead somewhere', (name) => {
    const text = readFileSync(join(PAGES, name), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(((?!http)[^)]+)\)/g)) {
      expect(existsSync(join(PAGES, target)), target).toBe(true);
    }
  });
});

interface Reported {
  readonly name: string;
  readonly proxy: ProxyConfig;
  readonly answer: TraceAnswer;
  readonly observed: Observed;
  readonly diagnostics: readonly Diagnostic[];
}

describe('the snapshots', async () => {
  const reported: Reported[] = [];
  for (const name of readdirSync(SNAPSHOTS).filter((folder) => existsSync(join(SNAPSHOTS, folder, 'observed.json')))) {
    const read = <T>(file: string): T => JSON.parse(readFileSync(join(SNAPSHOTS, name, file), 'utf8')) as T;
    const proxy = await loadProxy({ files: [join(SNAPSHOTS, name)] });
    const observed = read<{ answers: (Observed & { id: string })[] }>('observed.json').answers;
    for (const request of read<{ requests: (TraceRequest & { id: string })[] }>('case.json').requests) {
      const answer = traceRequest(proxy, request);
      const seen = observed.find((o) => o.id === request.id) as Observed;
      reported.push({ name: `${name}/${request.id}`, proxy, answer, observed: seen, diagnostics: explainAnswer(answer, request, proxy) });
    }
  }

  const chains = (await Promise.all(CHAIN_SNAPSHOTS.map(recordedChains))).flat();

  test.each(ALL_BREAKS.map((entry) => entry.id).filter((id) => !isGap(id)))('%s is shown by a snapshot, or said why not', (id) => {
    const shown = [...reported, ...chains].filter(({ diagnostics }) => diagnostics.some((d) => d.id === id));
    expect(shown.length > 0).toBe(WITHOUT_SNAPSHOT[id] === undefined);
  });

  test('what a break predicts is what Envoy did', () => {
    for (const { name, answer, observed } of reported) {
      const [only, ...others] = answer.outcomes;
      const predicts = CATALOGUE.get(only?.break ?? '')?.predicts;
      // A status that the route itself sets, and connections without HTTP, are said by the answer and held by the snapshot test.
      if (predicts === undefined || others.length > 0 || (only?.status ?? null) !== predicts.status) continue;
      for (const seen of observed.outcomes) expect([name, seen.status, seen.flags], name).toEqual([name, predicts.status, predicts.flags]);
    }
  });

  test('every piece of evidence is found in the dump and shown with its line', () => {
    for (const { name, proxy, diagnostics } of reported) {
      for (const diagnostic of diagnostics) {
        for (const evidence of diagnostic.evidence) {
          expect(locate(proxy, evidence.document, parseJqPath(evidence.path)), `${name} ${diagnostic.id} ${evidence.path}`).toBeDefined();
          expect(evidence.line, `${name} ${diagnostic.id}`).not.toBe('');
        }
      }
    }
  });

  test('no sentence has a hole in it', () => {
    for (const { name, diagnostics } of reported) {
      for (const d of diagnostics) {
        for (const sentence of [d.title, d.why, ...d.hints]) {
          expect(sentence, `${name} ${d.id}`).not.toMatch(/undefined|NaN|\[object|""| {2}|\( ?\)/);
          expect(sentence.trim(), `${name} ${d.id}`).not.toBe('');
        }
        expect(d.hints.length, `${name} ${d.id}`).toBeGreaterThan(0);
      }
    }
  });
});

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}
