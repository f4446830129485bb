// Prints `N passed, N failed[, N skipped]` from vitest's JSON report, and ends with status 1 when a test or a step of .ci/run failed.
// usage: count-tests.mjs REPORT NUMBER_OF_FAILED_STEPS
import { readFileSync } from 'node:fs';

const [reportPath, failedSteps] = process.argv.slice(2);
const count = { passed: 0, failed: 0, skipped: 0 };
for (const file of testFiles(reportPath)) {
  const failedBefore = count.failed;
  for (const { status } of file.assertionResults) count[status === 'passed' || status === 'failed' ? status : 'skipped']++;
  // A file that could not be loaded has no tests to fail.
  if (file.status === 'failed' && count.failed === failedBefore) count.failed++;
}
// A step other than the tests, or tests that ended without saying which one failed.
const broken = count.failed > 0 || count.passed === 0 || Number(failedSteps) > 0;
if (broken && count.failed === 0) count.failed = Math.max(1, Number(failedSteps));
console.log(`${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`);
process.exit(broken ? 1 : 0);

function testFiles(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults;
  } catch {
    return [];
  }
}
