import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import { canonicalType } from '../dump/type-name.ts';
import { readByCodec } from '../match/http-codec.ts';
import type { HttpConnectionManager, ConfigListener_Filter as NetworkFilter, TcpProxy } from '../model/generated/envoy-api.ts';
import { type Any, anyType, configOf } from '../model/message.ts';
import type { ConnectionContext } from './connection-context.ts';
import { networkFilterGap } from './fidelity/listener-gap.ts';
import { HTTP_CONNECTION_MANAGER } from './listener-routes.ts';
import type { GuardAlternative, NetworkEffect } from './network-filter.ts';
import { NETWORK_FILTER_MODELS } from './network-filter-models.ts';
import { outcome, within } from './outcome.ts';
import type { Gap, Hop, Outcome } from './trace-answer.ts';
import { traceTcpProxy } from './trace-tcp-proxy.ts';

/** One way through the network filters: it ends, or a connection manager takes over. */
export interface NetworkWay {
  readonly conditions: readonly string[];
  readonly end: readonly Outcome[] | null;
  readonly http: { readonly hcm: HttpConnectionManager; readonly path: DumpPath; readonly document: string } | null;
}

export interface NetworkTrace {
  readonly ways: readonly NetworkWay[];
  readonly hops: readonly Hop[];
  readonly gap: Gap | null;
}

interface Guard {
  readonly phase: 'connection' | 'first bytes';
  readonly alternatives: readonly GuardAlternative[];
}

/**
 * The network filters of a chain, in their order. When the connection is made, filters that decide then may end it, and tcp_proxy
 * connects to its upstream; a TLS handshake follows; only then do the client's first bytes come, and with them RBAC and the connection
 * manager. Source: source/common/network/filter_manager_impl.cc FilterManagerImpl::onContinueReading.
 */
export function traceNetworkFilters(context: ConnectionContext): NetworkTrace {
  const hops: Hop[] = [];
  const guards: Guard[] = [];
  let gap: Gap | null = null;
  let cluster: string | undefined;
  for (const [i, filter] of (context.chain.filters ?? []).entries()) {
    const path = [...context.path, 'filters', i];
    const effect = effectOf(context, filter, path);
    const say = (says: string, state: Hop['state'] = 'info'): void => {
      if (!context.terse)
        hops.push({ stage: 'filter', name: filter.name ?? '', state, rule: says, path: jqPath(path), document: context.listener.document, rejected: [] });
    };
    switch (effect.kind) {
      case 'passes':
        if (effect.says !== undefined) say(effect.says);
        break;
      case 'guards':
        guards.push(effect);
        say(effect.says, effect.alternatives.every(({ end }) => end !== null) ? 'broken' : 'info');
        break;
      case 'sets cluster':
        cluster = effect.cluster;
        say(effect.says);
        break;
      case 'unknown':
        gap ??= effect.gap;
        break;
      case 'ends': {
        say(effect.says, effect.state);
        return { ways: endWays(context, guards, effect.outcomes), hops, gap };
      }
      case 'http':
        return { ways: httpWays(context, guards, effect.hcm, [...path, 'typed_config'], say), hops, gap };
      case 'tcp': {
        const traced = traceTcpProxy(context, effect.proxy, [...path, 'typed_config'], cluster);
        hops.push(...traced.hops);
        return { ways: tcpWays(context, guards, effect.proxy, traced.outcomes), hops, gap: gap ?? traced.gap };
      }
    }
  }
  return { ways: gap === null ? endWays(context, [], [outcome({ connection: 'closed', break: 'PC7020' })]) : [], hops, gap };
}

function effectOf(context: ConnectionContext, filter: NetworkFilter, path: DumpPath): NetworkEffect {
  const name = filter.name ?? '';
  const config = filter.config_discovery === undefined ? configOf(filter) : deliveredConfig(context, filter);
  const type = typeOf(config);
  const model = NETWORK_FILTER_MODELS.get(type);
  if (model === undefined) {
    return {
      kind: 'unknown',
      gap: { id: 'PC9001', what: `the network filter "${name}" (${type || 'no configuration in the dump'}) is not modelled`, path: jqPath(path) },
    };
  }
  const gap = type === HTTP_CONNECTION_MANAGER ? undefined : networkFilterGap(type, config, [...path, 'typed_config']);
  return gap === undefined ? model({ context, name, type, config, path }) : { kind: 'unknown', gap };
}

function deliveredConfig({ index }: ConnectionContext, filter: NetworkFilter): Any | undefined {
  const delivered = index.proxy.ecds.find((r) => r.name === filter.name && r.state !== 'error' && r.state !== 'warming');
  return delivered === undefined ? filter.config_discovery?.default_config : configOf(delivered.value);
}

/** A TypedStruct of a type that pc has no schema for still says which type it stands for. */
function typeOf(config: Any | undefined): string {
  const type = anyType(config);
  const url = type.endsWith('.TypedStruct') ? config?.['type_url'] : undefined;
  return typeof url === 'string' ? canonicalType(url) : type;
}

/** What guards let through, and every way in which they end the connection before. */
function pastGuards(guards: readonly Guard[]): { readonly open: readonly (readonly string[])[]; readonly ended: readonly NetworkWay[] } {
  let open: readonly (readonly string[])[] = [[]];
  const ended: NetworkWay[] = [];
  for (const { alternatives } of guards) {
    const next: (readonly string[])[] = [];
    for (const conditions of open) {
      for (const alternative of alternatives) {
        const all = [...conditions, ...alternative.conditions];
        if (alternative.end === null) next.push(all);
        else ended.push({ conditions: all, end: [alternative.end], http: null });
      }
    }
    open = next;
  }
  return { open, ended };
}

const refusedWay = (): NetworkWay => ({ conditions: [], end: [outcome({ connection: 'closed', break: 'PC6001' })], http: null });

function endWays(context: ConnectionContext, guards: readonly Guard[], outcomes: readonly Outcome[]): readonly NetworkWay[] {
  if (context.refusal !== null) return [refusedWay()];
  const { open, ended } = pastGuards(guards);
  return [...ended, ...open.map((conditions) => ({ conditions, end: outcomes, http: null }))];
}

function httpWays(
  context: ConnectionContext,
  guards: readonly Guard[],
  hcm: HttpConnectionManager,
  path: DumpPath,
  say: (says: string, state: Hop['state']) => void,
): readonly NetworkWay[] {
  if (context.refusal !== null) return [refusedWay()];
  const { open, ended } = pastGuards(guards);
  const misread = misreading(context, hcm);
  if (misread !== undefined) {
    say(misread.why, 'broken');
    return [...ended, ...open.map((conditions) => ({ conditions, end: [misread.outcome], http: null }))];
  }
  return [...ended, ...open.map((conditions) => ({ conditions, end: null, http: { hcm, path, document: context.listener.document } }))];
}

/** What the codec makes of bytes that are not the HTTP it reads: TLS that nothing terminates, a PROXY header that nothing reads. */
function misreading(
  { facts, socket, request }: ConnectionContext,
  hcm: HttpConnectionManager,
): { readonly why: string; readonly outcome: Outcome } | undefined {
  const { bytes } = socket;
  const isUnread = bytes.proxyHeader !== undefined;
  const isTlsUnread = bytes.payload === 'tls' && !facts.isTls;
  const isHttp = request.scheme !== 'tcp';
  const read = readByCodec(hcm.codec_type, facts.alpn, isUnread || isTlsUnread || !isHttp ? 'not http' : facts.protocol);
  if (read.kind === 'understands') return undefined;
  const why = isUnread
    ? 'a PROXY protocol header comes first, which no listener filter reads'
    : isTlsUnread
      ? 'TLS meets a filter chain in plaintext'
      : read.why;
  // An HTTP/1 client reads the 400 that follows; in a TLS handshake, or in HTTP/2, it is garbage.
  const isSeen = read.details !== null && isUnread && isHttp && !isTlsUnread && facts.protocol !== 'h2';
  return { why, outcome: outcome({ status: isSeen ? 400 : null, flags: 'DPE', details: read.details, connection: isSeen ? null : 'closed', break: 'PC2004' }) };
}

function tcpWays(context: ConnectionContext, guards: readonly Guard[], proxy: TcpProxy, traced: readonly Outcome[]): readonly NetworkWay[] {
  const atOnce = proxy.upstream_connect_mode === undefined || proxy.upstream_connect_mode === 'IMMEDIATE';
  const early = pastGuards(guards.filter(({ phase }) => phase === 'connection'));
  const ways: NetworkWay[] = [...early.ended];
  const late = pastGuards(guards.filter(({ phase }) => phase === 'first bytes'));
  for (const conditions of early.open) {
    const broken = traced.filter(({ verdict }) => verdict !== 'forwarded');
    const connected = traced.filter(({ verdict }) => verdict === 'forwarded');
    if (broken.length > 0) ways.push({ conditions, end: broken, http: null });
    if (connected.length === 0) continue;
    if (context.refusal !== null) {
      ways.push({ conditions, end: connected.map((o) => ({ ...o, verdict: 'broken', connection: 'closed', endpoints: null, break: 'PC6001' })), http: null });
      continue;
    }
    for (const { conditions: more, end } of late.ended) {
      // The upstream connection stands by the time that the client's first bytes are looked at: a server that speaks first is heard.
      const isPromised = atOnce && more.length === 0;
      const closing = isPromised ? ['the client sends a first byte: it never reaches the upstream'] : more;
      ways.push({ conditions: [...conditions, ...closing], end: withShares(end ?? [], connected), http: null });
      if (isPromised) ways.push({ conditions: [...conditions, 'until the client sends a byte'], end: connected, http: null });
    }
    for (const more of late.open) ways.push({ conditions: [...conditions, ...more], end: connected, http: null });
  }
  return merged(ways);
}

/** A guard ends each of the connections that could be made. */
function withShares(ends: readonly Outcome[], connected: readonly Outcome[]): readonly Outcome[] {
  const share = connected.reduce<number | null>((sum, { probability }) => (sum === null || probability === null ? null : sum + probability), 0);
  const cluster = connected.length === 1 ? (connected[0]?.cluster ?? null) : null;
  return within(
    ends.map((end) => ({ ...end, cluster })),
    share,
  );
}

/** Ways under the same conditions are one. */
function merged(ways: readonly NetworkWay[]): readonly NetworkWay[] {
  const byConditions = new Map<string, NetworkWay>();
  for (const way of ways) {
    const key = way.conditions.join('\n');
    const same = byConditions.get(key);
    byConditions.set(key, same === undefined ? way : { ...same, end: [...(same.end ?? []), ...(way.end ?? [])] });
  }
  return [...byConditions.values()];
}
