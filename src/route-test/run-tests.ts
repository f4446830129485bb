import { compileRoute } from '../match/route-entry.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import { indexOf, traceRequest } from '../trace/trace-request.ts';
import { askRouteTable } from './ask-route-table.ts';
import { checkExpect } from './check-expect.ts';
import { checkValidate } from './check-validate.ts';
import { coverageKey, type NumberedRouteConfig, routeConfigsOf } from './coverage.ts';
import { pickRouteConfig } from './pick-route-config.ts';
import type { Assertion, RouteTest, TestResult } from './route-test.ts';

/** Runs one test against a proxy: `validate` asks the route table alone, `expect` the whole trace. Pure. */
export function runTest(proxy: ProxyConfig, test: RouteTest): TestResult {
  const assertions: Assertion[] = [];
  const covered: string[] = [];
  let answer: TraceAnswer | undefined;
  if (test.validate !== undefined && test.input !== undefined) {
    const picked = pickRouteConfig(proxy, test);
    if (picked.kind === 'none') assertions.push({ what: 'route config', wanted: test.routeConfig ?? 'one', found: '', result: 'unchecked', why: picked.why });
    else {
      const facts = askRouteTable(indexOf(proxy), picked.config.value, test.input);
      assertions.push(...checkValidate(test.validate, facts));
      if (facts.taken !== undefined) covered.push(coverageKey(picked.config.number, facts.taken.path, facts.taken.arm));
    }
  }
  if (test.expect !== undefined) {
    answer = traceRequest(proxy, test.request, test.random === undefined ? {} : { random: test.random });
    assertions.push(...checkExpect(test.expect, answer));
    covered.push(...coveredBy(answer, routeConfigsOf(proxy)));
  }
  const result = assertions.some((a) => a.result === 'fail') ? 'fail' : assertions.some((a) => a.result === 'unchecked') ? 'unchecked' : 'pass';
  return { test, assertions, result, covered, answer };
}

/** The route entries that a trace went through, and of a split the arms to the clusters that it reached. */
function coveredBy(answer: TraceAnswer, configs: readonly NumberedRouteConfig[]): readonly string[] {
  const clusters = new Set(answer.outcomes.map((outcome) => outcome.cluster));
  let name = '';
  return (answer.hops ?? []).flatMap((hop) => {
    if (hop.stage === 'route_config') name = hop.name;
    const path = hop.stage === 'route' && hop.state === 'ok' ? /\.virtual_hosts\[(\d+)\]\.routes\[(\d+)\]$/.exec(hop.path) : null;
    if (path === null) return [];
    const [, host, entry] = path.map(Number);
    const at = (config: NumberedRouteConfig) => config.value.virtual_hosts?.[host ?? 0]?.routes?.[entry ?? 0];
    // Several inline route configs may have no name: the one with the same entry is meant.
    const named = configs.filter((config) => config.name === name && at(config) !== undefined);
    const config = named.find((one) => compileRoute(at(one) ?? {}, 0).describe === hop.rule) ?? named[0];
    if (config === undefined) return [];
    const arms = at(config)?.route?.weighted_clusters?.clusters ?? [];
    if (arms.length === 0) return [coverageKey(config.number, path[0], undefined)];
    return arms.flatMap((arm, n) => (clusters.has(arm.name ?? null) ? [coverageKey(config.number, path[0], n)] : []));
  });
}
