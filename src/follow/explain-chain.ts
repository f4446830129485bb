import { type Diagnostic, diagnose } from '../diagnostics/diagnose.ts';
import type { BorderFacts, BreakFacts, ConfigObject, Evidence } from '../diagnostics/facts.ts';
import { locate } from '../diagnostics/locate.ts';
import { ownerOf } from '../diagnostics/owner.ts';
import { producerOf } from '../diagnostics/producer.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { explainAnswer } from '../trace/explain-answer.ts';
import type { ChainAnswer, ChainEnd, Leg } from './chain-answer.ts';
import { type FollowedProxy, workloadOf } from './followed-proxy.ts';

/** What is said of one leg's breaks. */
export interface LegDiagnostics {
  readonly leg: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Breaks that it takes both sides to tell; any other is one of the proxy that was reached. */
const OF_BOTH: ReadonlySet<string> = new Set(['PC6005', 'PC6006', 'PC6007', 'PC6008', 'PC6009']);

/** The breaks of a chain in words, leg by leg: at the border before it, within it, at the application behind it. */
export function explainChain(chain: ChainAnswer, proxies: readonly FollowedProxy[]): readonly LegDiagnostics[] {
  const byName = new Map(proxies.map((proxy) => [proxy.name, proxy]));
  return chain.legs.map((leg) => ({ leg: leg.id, diagnostics: ofLeg(chain, leg, byName) }));
}

function ofLeg(chain: ChainAnswer, leg: Leg, byName: ReadonlyMap<string, FollowedProxy>): readonly Diagnostic[] {
  const callee = byName.get(leg.proxy);
  if (callee === undefined) return [];
  const ends = chain.ends.filter((end) => end.leg === leg.id);
  const border = ends.find((end) => end.kind === 'border');
  if (border !== undefined && OF_BOTH.has(border.break ?? '')) {
    const caller = byName.get(chain.legs[leg.from?.leg ?? -1]?.proxy ?? '');
    const said = caller === undefined || border.break === null ? undefined : diagnose(border.break, borderFacts(leg, border, caller, callee));
    return said === undefined ? [] : [said];
  }
  const own = explainAnswer(leg.answer, leg.request, callee.config);
  const closed = ends.find((end) => end.break === 'PC5004');
  const said = closed === undefined ? undefined : diagnose('PC5004', applicationFacts(leg, closed, callee));
  return said === undefined ? own : [...own, said];
}

function borderFacts(leg: Leg, end: ChainEnd, caller: FollowedProxy, callee: FollowedProxy): BreakFacts {
  const { border } = leg;
  const [from, ...others] = border?.places ?? [];
  const evidence: Evidence[] = [
    ...(from === undefined ? [] : [{ document: from.document, path: from.path, note: `${caller.name} sends ${border?.sends ?? ''}` }]),
    ...others.map(({ document, path }) => ({
      document,
      path,
      note: `${callee.name}: ${border?.takes === null ? 'nothing takes it' : `takes ${border?.takes}`}`,
      proxy: callee.config,
    })),
  ];
  const cluster = border?.cluster ?? '';
  return {
    ...baseFacts(leg, end, caller.config),
    clusters: [{ name: cluster, percent: undefined }],
    rule: border?.why,
    evidence,
    owner: ownerOfCluster(caller.config, cluster),
    border: bothSides(leg, end, caller.name, callee),
  };
}

function applicationFacts(leg: Leg, end: ChainEnd, proxy: FollowedProxy): BreakFacts {
  const cluster = (end.outcome === null ? undefined : leg.answer.outcomes[end.outcome]?.cluster) ?? '';
  const hops = leg.answer.hops ?? [];
  const hop = hops.findLast(({ stage, name }) => stage === 'cluster' && name === cluster);
  return {
    ...baseFacts(leg, end, proxy.config),
    clusters: [{ name: cluster, percent: undefined }],
    rule: end.conditions.at(-1)?.replace(/^the application does not listen there: /, '') ?? end.what.replace(/^nothing listens on [^ ]+: /, ''),
    evidence: hop === undefined ? [] : [{ document: hop.document, path: `${hop.path}.name`, note: `leads to ${end.address ?? ''}` }],
    owner: undefined,
    border: bothSides(leg, end, proxy.name, proxy),
  };
}

function bothSides({ border }: Leg, { address }: ChainEnd, caller: string, callee: FollowedProxy): BorderFacts {
  const [workload, namespace] = workloadOf(callee).split('.');
  return {
    caller,
    callee: callee.name,
    cluster: border?.cluster ?? '',
    address: address ?? '',
    workload: namespace === undefined ? undefined : `${workload}.${namespace}`,
    namespace,
    sni: border?.sni ?? null,
    alpn: border?.alpn ?? [],
    clientNames: border?.client_certificate ?? null,
    serverNames: border?.server_certificate ?? null,
    expectedNames: border?.expected_names ?? null,
  };
}

function baseFacts({ request, answer }: Leg, end: ChainEnd, proxy: ProxyConfig): Omit<BreakFacts, 'clusters' | 'rule' | 'evidence' | 'owner'> {
  return {
    method: request.method ?? 'GET',
    scheme: request.scheme ?? 'http',
    authority: request.authority ?? '',
    path: request.path ?? '/',
    listener: answer.listener ?? undefined,
    filterChain: answer.filter_chain ?? undefined,
    routeConfig: undefined,
    virtualHost: undefined,
    route: undefined,
    status: end.status,
    flags: end.flags,
    details: end.details,
    location: null,
    connection: end.status === null ? 'closed' : null,
    percent: end.probability === null ? undefined : end.probability * 100,
    nearMisses: [],
    proxy,
    producer: producerOf(proxy),
  };
}

/** The object that a cluster was made of, as its metadata names it. */
function ownerOfCluster(proxy: ProxyConfig, name: string): ConfigObject | undefined {
  const resource = proxy.clusters.find((cluster) => cluster.name === name);
  const at = resource === undefined ? undefined : locate(proxy, resource.document, resource.path);
  return at === undefined ? undefined : ownerOf(at);
}
