import type { DumpPath } from '../dump/dump-path.ts';
import type { HttpConnectionManager, TcpProxy } from '../model/generated/envoy-api.ts';
import type { ConnectionContext } from './connection-context.ts';
import { misreading } from './misread-bytes.ts';
import { type Guard, type NetworkWay, pastGuards } from './network-guards.ts';
import { outcome, within } from './outcome.ts';
import type { Hop, Outcome } from './trace-answer.ts';

const refusedWay = (): NetworkWay => ({ conditions: [], end: [outcome({ connection: 'closed', break: 'PC6001' })], http: null });

/** Where a filter ends every connection by itself. */
export function endWays(context: ConnectionContext, guards: readonly Guard[], outcomes: readonly Outcome[]): readonly NetworkWay[] {
  if (context.refusal !== null) return [refusedWay()];
  const { open, ended } = pastGuards(guards);
  return [...ended, ...open.map((conditions) => ({ conditions, end: outcomes, http: null }))];
}

/** Where a connection manager takes over: the guards come first, then its codec. */
export function httpWays(
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

/**
 * Where tcp_proxy forwards: what decides when the connection is made comes before it, a missing cluster or host closes at once, then comes
 * the TLS handshake, and only then what looks at the first bytes.
 */
export function tcpWays(context: ConnectionContext, guards: readonly Guard[], proxy: TcpProxy, traced: readonly Outcome[]): readonly NetworkWay[] {
  const atOnce = proxy.upstream_connect_mode === undefined || proxy.upstream_connect_mode === 'IMMEDIATE';
  const early = pastGuards(guards.filter(({ phase }) => phase === 'connection'));
  const ways: NetworkWay[] = [...early.ended];
  const late = pastGuards(guards.filter(({ phase }) => phase === 'first bytes'));
  for (const conditions of early.open) {
    if (context.refusal === null && late.ended.length === 0) {
      ways.push({ conditions, end: traced, http: null });
      continue;
    }
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
