import { buildProxyConfig } from '../../decode/build-proxy-config.ts';
import { Failure } from '../../dump/failure.ts';
import type { JsonObject } from '../../dump/json-value.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import { textPattern } from '../../query/text-pattern.ts';
import { styleFor } from '../../render/style.ts';
import { isTooLittle, type TestReport, testDocument, testJunit, testTable } from '../../render/test-report.ts';
import { coverableRoutes, coverageOf, routeConfigsOf } from '../../route-test/coverage.ts';
import { recordTest } from '../../route-test/record-test.ts';
import { runTest } from '../../route-test/run-tests.ts';
import { traceRequest } from '../../trace/trace-request.ts';
import { defineCommand } from '../command.ts';
import { inputDocuments } from '../command-input.ts';
import { COMMON_FLAGS } from '../common-flags.ts';
import { EXIT, type ExitStatus } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { tellInputNotes } from '../notes.ts';
import { usageFailure } from '../run-cli.ts';
import { readTestFiles, requestOfUrl } from '../test-files.ts';
import { verdictText } from '../verdict-text.ts';

const TEST = 'Test:';
const RECORD = 'Record:';

export const command = defineCommand({
  flags: {
    ...COMMON_FLAGS,
    output: { ...COMMON_FLAGS.output, choices: ['table', 'json', 'junit'], default: 'table', describe: 'form of the report' },
    from: { type: 'string', describe: 'the live proxy, as the target: pc test FILE --from deploy/web', group: COMMON_FLAGS.url.group },
    'route-config': { type: 'string', describe: 'count the coverage of route configs of this name only: text, a glob, or ~REGEX', group: TEST },
    'fail-under': { type: 'string', describe: 'fail where fewer percent of the routes are tested', group: TEST },
    record: { type: 'boolean', describe: 'print tests that hold what the proxy does now with the URLs that are given', group: RECORD },
    method: { type: 'string', alias: 'X', describe: 'method of the recorded requests', group: RECORD },
    header: { type: 'string', alias: 'H', list: true, describe: "header of the recorded requests, as 'name: value'", group: RECORD },
    to: { type: 'string', describe: 'address:port that the recorded requests are sent to', group: RECORD },
  },
  positionals: [{ name: 'tests', describe: "files of tests in router_check_tool's schema or with url and expect; with --record URLs", list: true }],
  examples: [
    ['pc test routes_test.yaml -f config_dump.json', 'do the routes of this dump do what the tests say?'],
    ['pc test routes_test.yaml --from deploy/web --fail-under 80', 'in a pipeline, against the live proxy, with most routes tested'],
    ['pc test router_check.json -f route_config.yaml', 'as router_check_tool takes them: a bare RouteConfiguration'],
    ['pc test --record http://shop.example/ http://shop.example/items -f config_dump.json > routes_test.yaml', 'write down what holds now'],
    ['pc test routes_test.yaml -f config_dump.json -o junit > report.xml', 'for a CI server'],
  ],
  async run(args, io): Promise<ExitStatus> {
    const named = ((args['tests'] as readonly unknown[] | undefined) ?? []).map(String);
    if (named.length === 0) throw usageFailure(args.record ? 'no URL is named to record' : 'no file of tests is named', 'test');
    const failUnder = percentOf(args['fail-under']);
    const tests = args.record ? [] : readTestFiles(named);
    const input = await inputDocuments({ ...args, target: args.from }, { kinds: 'everything', companions: ['clusters'] }, io);
    const proxy = buildProxyConfig(input.name, input.documents, input.notes);
    tellInputNotes(proxy, io);
    if (args.record) return record(named, args, proxy, io);
    const results = tests.map((test) => runTest(proxy, test));
    const routes = coverableRoutes(configsOf(proxy, args['route-config']));
    const report: TestReport = { results, coverage: coverageOf(routes, new Set(results.flatMap(({ covered }) => covered))), failUnder };
    if (args.output === 'json') io.out(testDocument(report));
    else io.out(args.output === 'junit' ? testJunit(report) : testTable(report, styleFor(io.color), verdictText));
    if (results.some(({ result }) => result === 'fail') || isTooLittle(report.coverage, failUnder)) return EXIT.finding;
    return results.some(({ result }) => result === 'unchecked') ? EXIT.undetermined : EXIT.fine;
  },
});

/** Prints a test for each URL. What a trace could not determine becomes a word on standard error, and no test. */
async function record(
  urls: readonly string[],
  flags: { readonly method: string | undefined; readonly header: readonly string[]; readonly to: string | undefined },
  proxy: ProxyConfig,
  io: Io,
): Promise<ExitStatus> {
  const tests: JsonObject[] = [];
  for (const url of urls) {
    const fields: JsonObject = {
      ...(flags.method === undefined ? {} : { method: flags.method }),
      ...(flags.header.length === 0 ? {} : { headers: flags.header }),
      ...(flags.to === undefined ? {} : { to: flags.to }),
    };
    const answer = traceRequest(proxy, requestOfUrl(url, fields));
    const name = [flags.method ?? 'GET', url, ...flags.header.map((header) => `with ${header}`)].join(' ');
    const test = recordTest(name, { url, ...fields }, answer);
    if (test === undefined) io.err(`not recorded: ${url}: ${answer.gap?.what ?? 'nothing is known of it'}\n`);
    else tests.push(test);
  }
  const { yamlText } = await import('../../render/yaml-text.ts');
  if (tests.length > 0) io.out(yamlText({ tests }));
  return tests.length === urls.length ? EXIT.fine : EXIT.undetermined;
}

/** The route configs of --route-config. Throws Failure PC1011 where it matches none. */
function configsOf(proxy: ProxyConfig, wanted: string | undefined): ReturnType<typeof routeConfigsOf> {
  if (wanted === undefined) return routeConfigsOf(proxy);
  const names = routeConfigsOf(proxy).map((config) => config.name);
  const pattern = textPattern(wanted, names);
  const configs = routeConfigsOf(proxy, (name) => pattern.matches(name));
  if (configs.length > 0) return configs;
  throw new Failure({
    id: 'PC1011',
    what: `--route-config ${wanted} matches none of ${names.length} route configs`,
    next: `there are: ${names.slice(0, 10).join(', ')}`,
  });
}

function percentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percent = Number(text.replace(/ ?%$/, ''));
  if (text.trim() !== '' && percent >= 0 && percent <= 100) return percent;
  throw new Failure({ id: 'PC1011', what: `--fail-under ${text} is no percentage`, next: 'give a number from 0 to 100' });
}
