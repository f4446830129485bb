import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxy } from '../../src/cli/load-proxy.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import { explainAnswer } from '../../src/trace/explain-answer.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { type Schema, schemaErrors } from '../support/json-schema.ts';
import { projectRoot } from '../support/project-root.ts';

const root = projectRoot();
const schema = JSON.parse(readFileSync(join(root, 'docs/schema/trace-answer.schema.json'), 'utf8')) as Schema;
const snapshots = readdirSync(join(root, 'snapshots')).filter((name) => existsSync(join(root, 'snapshots', name, 'config_dump.json')));

describe('docs/schema/trace-answer.schema.json', () => {
  test.each(snapshots)('holds for every answer of snapshot %s, in a batch and alone', async (name) => {
    const folder = join(root, 'snapshots', name);
    const proxy = await loadProxy({ files: [folder] });
    const { requests } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as { requests: TraceRequest[] };
    expect(requests.length).toBeGreaterThan(0);
    for (const request of requests) {
      const answer = traceRequest(proxy, request);
      const document = JSON.parse(JSON.stringify({ ...answer, diagnostics: explainAnswer(answer, request, proxy) }));
      expect(schemaErrors(document, schema)).toEqual([]);
      expect(schemaErrors(traceRequest(proxy, request, { terse: true }), schema)).toEqual([]);
    }
  });

  test('an answer of another version, or without its outcomes, is none', () => {
    expect(schemaErrors({ version: 2 }, schema).join('\n')).toMatch(/version: is 2[\s\S]*outcomes is missing|outcomes is missing[\s\S]*version: is 2/);
  });
});
