import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import type { ConfigListener_Filter as NetworkFilter } from '../model/generated/envoy-api.ts';
import { type Any, configOf, configType } from '../model/message.ts';

import type { ConnectionContext } from './connection-context.ts';
import { networkFilterGap } from './fidelity/listener-gap.ts';
import { HTTP_CONNECTION_MANAGER } from './listener-routes.ts';
import type { NetworkEffect } from './network-filter.ts';
import { NETWORK_FILTER_MODELS, NETWORK_FILTER_NAMES } from './network-filter-models.ts';
import type { Guard, NetworkWay } from './network-guards.ts';
import { endWays, httpWays, tcpWays } from './network-ways.ts';
import { outcome } from './outcome.ts';
import type { Gap, Hop } from './trace-answer.ts';
import { traceTcpProxy } from './trace-tcp-proxy.ts';

export interface NetworkTrace {
  readonly ways: readonly NetworkWay[];
  readonly hops: readonly Hop[];
  readonly gap: Gap | null;
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
  const type = configType(config) || (NETWORK_FILTER_NAMES[name] ?? '');
  const model = NETWORK_FILTER_MODELS.get(type);
  if (model === undefined) {
    return {
      kind: 'unknown',
      gap: { id: 'PC9001', what: `the network filter "${name}" (${type || 'no configuration in the dump'}) is not modelled`, path: jqPath(path) },
    };
  }
  const gap = type === HTTP_CONNECTION_MANAGER ? undefined : networkFilterGap(type, config, [...path, 'typed_config']);
  return gap === undefined ? model({ context, name, type, config: config ?? untyped(filter), path }) : { kind: 'unknown', gap };
}

function deliveredConfig({ index }: ConnectionContext, filter: NetworkFilter): Any | undefined {
  const delivered = index.proxy.ecds.find((r) => r.name === filter.name && r.state !== 'error' && r.state !== 'warming');
  return delivered === undefined ? filter.config_discovery?.default_config : configOf(delivered.value);
}

/** The configuration of old dumps, where no schema fits it. */
function untyped(filter: NetworkFilter): Any | undefined {
  return (filter as { readonly config?: Any }).config;
}
