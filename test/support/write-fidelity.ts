// Writes docs/fidelity.md: npm run docs:fidelity
import { writeFileSync } from 'node:fs';
import { fidelityPage } from './fidelity-page.ts';

writeFileSync('docs/fidelity.md', fidelityPage());
