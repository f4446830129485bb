import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fidelityPage } from '../support/fidelity-page.ts';
import { projectRoot } from '../support/project-root.ts';

test('docs/fidelity.md is what the fidelity tables say (else: npm run docs:fidelity)', () => {
  expect(readFileSync(join(projectRoot(), 'docs/fidelity.md'), 'utf8')).toBe(fidelityPage());
});
