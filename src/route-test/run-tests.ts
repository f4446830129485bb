import type { RouteConfiguration } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import { indexOf, traceRequest } from '../trace/trace-request.ts';
import { askRouteTable } from './ask-route-table.ts';
import { checkExpect } from './check-expect.ts';
import { checkValidate } from './check-validate.ts';
import { coverageKey, routeConfigsOf } from './coverage.ts';
import { pickRouteConfig } from './pick-route-config.ts';
import type { Assertion, RouteTest, TestResult } from './route-test.ts';

/** Runs one test against a proxy: `validate` asks the route table alone, `expect` the whole trace. Pure. */
export function runTest(proxy: ProxyConfig, test: RouteTest): TestResult {
  const assertions: Assertion[] = [];
  const covered: string[] = [];
  if (test.validate !== undefined && test.input !== undefined) {
    const picked = pickRouteConfig(proxy, test);
    if (picked.kind === 'none') assertions.push({ what: 'route config', wanted: test.routeConfig ?? 'one', found: '', result: 'unchecked', why: picked.why });
    else {
      const facts = askRouteTable(indexOf(proxy), picked.routeConfig, test.input);
      assertions.push(...checkValidate(test.validate, facts));
      if (facts.taken !== undefined) covered.push(coverageKey(picked.name, facts.taken.path, facts.taken.arm));
    }
  }
  if (test.expect !== undefined) {
    const answer = traceRequest(proxy, test.request, test.random === undefined ? {} : { random: test.random });
    assertions.push(...checkExpect(test.expect, answer));
    covered.push(...coveredBy(answer, routeConfigsOf(proxy)));
  }
  const result = assertions.some((a) => a.result === 'fail') ? 'fail' : assertions.some((a) => a.result === 'unchecked') ? 'unchecked' : 'pass';
  return { test, assertions, result, covered };
}

/** The route entries that a trace went through, and of a split the arms to the clusters that it reached. */
function coveredBy(answer: TraceAnswer, configs: readonly Resource<RouteConfiguration>[]): readonly string[] {
  const clusters = new Set(answer.outcomes.map((outcome) => outcome.cluster));
  let routeConfig = '';
  return (answer.hops ?? []).flatMap((hop) => {
    if (hop.stage === 'route_config') routeConfig = hop.name;
    const path = hop.stage === 'route' && hop.state === 'ok' ? /\.virtual_?[hH]osts(\[\d+\])\.routes(\[\d+\])$/.exec(hop.path) : null;
    if (path === null) return [];
    const place = `.virtual_hosts${path[1]}.routes${path[2]}`;
    const config = configs.find((one) => one.name === routeConfig)?.value;
    const [i, j] = [Number(path[1]?.slice(1, -1)), Number(path[2]?.slice(1, -1))];
    const arms = config?.virtual_hosts?.[i]?.routes?.[j]?.route?.weighted_clusters?.clusters ?? [];
    if (arms.length === 0) return [coverageKey(routeConfig, place, undefined)];
    return arms.flatMap((arm, n) => (clusters.has(arm.name ?? null) ? [coverageKey(routeConfig, place, n)] : []));
  });
}
