import { plural } from '../diagnostics/words.ts';
import type { Coverage } from '../route-test/coverage.ts';
import type { Assertion, TestResult } from '../route-test/route-test.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import { paddedColumns } from './padded-columns.ts';
import type { Style } from './style.ts';
import { xmlText } from './xml-text.ts';

/** What came of a run of tests. */
export interface TestReport {
  readonly results: readonly TestResult[];
  readonly coverage: Coverage;
  /** The least coverage that is enough, in percent. */
  readonly failUnder: number | undefined;
}

const WORDS = { pass: 'ok', fail: 'FAILED', unchecked: 'NOT CHECKED' } as const;
const LISTED = 20;

/**
 * A line for each test, what was wrong with each that did not pass, the coverage and the routes that no test goes through.
 * In: how a trace is said in one line.
 */
export function testTable(report: TestReport, style: Style, answerText: (answer: TraceAnswer) => string): string {
  const { results, coverage } = report;
  const colour = { pass: style.green, fail: style.red, unchecked: style.yellow } as const;
  const lines: string[] = [];
  const rows = results.map(({ test, result }) => [WORDS[result], test.name]);
  const [header = '', ...rest] = [...paddedColumns([['RESULT', 'TEST'], ...rows], { padding: 2, trimEnd: true })];
  lines.push(header.trimEnd());
  rest.forEach((row, i) => {
    const found = results[i];
    if (found === undefined) return;
    lines.push(row.trimEnd().replace(WORDS[found.result], (word) => colour[found.result](word)));
    for (const assertion of found.assertions) if (assertion.result !== 'pass') lines.push(`  ${assertionText(assertion)}`);
    if (found.result !== 'pass' && found.answer !== undefined) lines.push(`  the trace says: ${answerText(found.answer)}`);
    if (found.result !== 'pass') lines.push(`  ${style.dim(found.test.place)}`);
  });
  lines.push('', countLine(results), coverageLine(report));
  if (coverage.untested.length > 0) lines.push(style.dim('not tested:'));
  for (const route of coverage.untested.slice(0, LISTED)) lines.push(`  ${route.routeConfig || '(unnamed)'} › ${route.virtualHost} › ${route.text}`);
  if (coverage.untested.length > LISTED) lines.push(`  and ${coverage.untested.length - LISTED} more, which -o json lists`);
  return `${lines.join('\n')}\n`;
}

/** `cluster_name: wanted www2, found www3`. */
export function assertionText({ what, wanted, found, result, why }: Assertion): string {
  if (result === 'unchecked') return `${what}: not checked (wanted ${quoted(wanted)}): ${why}`;
  return `${what}: wanted ${quoted(wanted)}, found ${quoted(found)}`;
}

function quoted(text: string): string {
  return text === '' ? '""' : text;
}

/** `12 passed, 1 failed, 1 not checked`. */
export function countLine(results: readonly TestResult[]): string {
  const count = (result: TestResult['result']): number => results.filter((one) => one.result === result).length;
  const parts = [
    `${count('pass')} passed`,
    ...(count('fail') > 0 ? [`${count('fail')} failed`] : []),
    ...(count('unchecked') > 0 ? [`${count('unchecked')} not checked`] : []),
  ];
  return parts.join(', ');
}

function coverageLine({ coverage, failUnder }: TestReport): string {
  const text = `${coverage.percent} % of ${plural(coverage.routes, 'route')} tested`;
  return isTooLittle(coverage, failUnder) ? `${text}, which is under the ${failUnder} % of --fail-under` : text;
}

/** Whether less is covered than is wanted. */
export function isTooLittle(coverage: Coverage, failUnder: number | undefined): boolean {
  return failUnder !== undefined && coverage.percent < failUnder;
}

/** The run as a document, version 1: docs/test.md describes it. */
export function testDocument({ results, coverage, failUnder }: TestReport): string {
  const tests = results.map(({ test, result, assertions }) => ({ name: test.name, place: test.place, result, assertions }));
  const { untested, ...counts } = coverage;
  const routes = untested.map(({ routeConfig, virtualHost, text }) => ({ route_config: routeConfig, virtual_host: virtualHost, route: text }));
  const document = { version: 1, tests, coverage: { ...counts, fail_under: failUnder ?? null, enough: !isTooLittle(coverage, failUnder), untested: routes } };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** JUnit's XML, as CI servers read it: what could not be checked is an error there, since a skipped test would count as fine. */
export function testJunit(report: TestReport): string {
  const { results } = report;
  const cases = results.map(({ test, result, assertions }) => {
    const open = `  <testcase classname="${xmlText(test.place.replace(/, test \d+$/, ''))}" name="${xmlText(test.name)}"`;
    if (result === 'pass') return `${open}/>`;
    const text = assertions.filter((assertion) => assertion.result !== 'pass').map(assertionText);
    const tag = result === 'fail' ? 'failure' : 'error';
    return `${open}><${tag} message="${xmlText(text[0] ?? '')}">${xmlText([test.place, ...text].join('\n'))}</${tag}></testcase>`;
  });
  const tooLittle = isTooLittle(report.coverage, report.failUnder);
  if (tooLittle) cases.push(`  <testcase classname="pc test" name="coverage"><failure message="${xmlText(coverageLine(report))}"/></testcase>`);
  const failures = results.filter(({ result }) => result === 'fail').length + (tooLittle ? 1 : 0);
  const errors = results.filter(({ result }) => result === 'unchecked').length;
  const properties = `  <properties><property name="coverage" value="${report.coverage.percent}"/></properties>`;
  const attributes = `name="pc test" tests="${cases.length}" failures="${failures}" errors="${errors}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite ${attributes}>\n${[properties, ...cases].join('\n')}\n</testsuite>\n`;
}
