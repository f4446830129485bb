import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import type { RandomCut } from '../match/random-space.ts';
import { RouteCandidates } from '../match/route-candidates.ts';
import { type CompiledRoute, compileRoute } from '../match/route-entry.ts';
import type { Route } from '../model/generated/envoy-api.ts';
import { httpGap } from './fidelity/http-gap.ts';
import type { HttpRequest } from './http-request.ts';
import type { Gap, RejectedCandidate } from './trace-answer.ts';

/** One route entry that the request can take, and the cuts of its random number under which it does. */
export interface RouteChoice {
  /** Undefined: no route takes it. */
  readonly route: Route | undefined;
  readonly path: DumpPath;
  readonly describe: string;
  readonly cuts: readonly RandomCut[];
}

export interface RouteChoices {
  readonly choices: readonly RouteChoice[];
  readonly rejected: readonly RejectedCandidate[];
  readonly gap: Gap | undefined;
}

interface CompiledList {
  readonly entries: readonly CompiledRoute[];
  readonly candidates: RouteCandidates;
}

const compiledRoutes = new WeakMap<readonly Route[], CompiledList>();

/** The entries of any list of routes that the request can take, in their order; see chooseRoute. */
export function chooseFrom(routes: readonly Route[], path: DumpPath, request: HttpRequest, terse: boolean): RouteChoices {
  const choices: RouteChoice[] = [];
  const rejected: RejectedCandidate[] = [];
  const passed: RandomCut[] = [];
  const { entries, candidates } = compile(routes);
  const tested = terse && entries.length > SHORT_LIST ? candidates.positions(request.pathOnly).map((i) => entries[i] as CompiledRoute) : entries;
  for (const compiled of tested) {
    const test = compiled.test(request);
    if (test.kind === 'fails') {
      if (!terse)
        rejected.push({ name: compiled.route.name || `route ${compiled.index}`, reason: test.criterion, path: jqPath([...path, compiled.index, 'match']) });
      continue;
    }
    const at = [...path, compiled.index];
    if (test.kind === 'unknown') return { choices, rejected, gap: { id: 'PC9001', what: `${test.what} is not modelled`, path: jqPath([...at, 'match']) } };
    const gap = httpGap('envoy.config.route.v3.RouteMatch', compiled.route.match, [...at, 'match']);
    if (gap !== undefined) return { choices, rejected, gap };
    choices.push({ route: compiled.route, path: at, describe: compiled.describe, cuts: test.cut === undefined ? [...passed] : [...passed, test.cut] });
    if (test.cut === undefined) return { choices, rejected, gap: undefined };
    passed.push({ ...test.cut, inside: false });
  }
  choices.push({ route: undefined, path, describe: 'no route matches', cuts: [...passed] });
  return { choices, rejected, gap: undefined };
}

/** A list that is tested through sooner than it is narrowed down. */
const SHORT_LIST = 8;

function compile(routes: readonly Route[]): CompiledList {
  let compiled = compiledRoutes.get(routes);
  if (compiled === undefined) {
    compiled = { entries: routes.map(compileRoute), candidates: new RouteCandidates(routes) };
    compiledRoutes.set(routes, compiled);
  }
  return compiled;
}
