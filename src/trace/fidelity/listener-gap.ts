import type { DumpPath } from '../../dump/dump-path.ts';
import type { ListenerFilterStep } from '../../match/listener-filters.ts';
import type { DownstreamTlsContext, FilterChain, Listener } from '../../model/generated/envoy-api.ts';
import type { Any, Message } from '../../model/message.ts';
import type { Resource } from '../../model/resource.ts';
import type { Gap } from '../trace-answer.ts';
import { findGap } from './find-gap.ts';
import { LISTENER_FIDELITY } from './listener-fidelity.ts';

const gaps = new WeakMap<Listener, Gap | null>();

/** What of a listener and the matches of its filter chains is not modelled. */
export function listenerGap(listener: Resource<Listener>): Gap | undefined {
  let gap = gaps.get(listener.value);
  if (gap === undefined) {
    gap = searchListener(listener) ?? null;
    gaps.set(listener.value, gap);
  }
  return gap ?? undefined;
}

function searchListener({ value, path }: Resource<Listener>): Gap | undefined {
  const own = findGap(LISTENER_FIDELITY, 'envoy.config.listener.v3.Listener', value, path);
  if (own !== undefined) return own;
  for (const [i, { filter_chain_match: match }] of (value.filter_chains ?? []).entries()) {
    const gap = match && findGap(LISTENER_FIDELITY, 'envoy.config.listener.v3.FilterChainMatch', match, [...path, 'filter_chains', i, 'filter_chain_match']);
    if (gap !== undefined) return gap;
  }
  return undefined;
}

/** What of a listener filter's configuration is not modelled. */
export function listenerFilterGap(steps: readonly ListenerFilterStep[]): Gap | undefined {
  for (const { type, config, path } of steps) {
    const gap = LISTENER_FIDELITY[type] === undefined ? undefined : findGap(LISTENER_FIDELITY, type, config, [...path, 'typed_config']);
    if (gap !== undefined) return gap;
  }
  return undefined;
}

/** What of the filter chain that took the connection is not modelled, its filters aside. */
export function filterChainGap(chain: FilterChain, path: DumpPath): Gap | undefined {
  return findGap(LISTENER_FIDELITY, 'envoy.config.listener.v3.FilterChain', chain, path);
}

export function transportGap(context: DownstreamTlsContext, path: DumpPath): Gap | undefined {
  return findGap(LISTENER_FIDELITY, 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', context, path);
}

/** What of a network filter's configuration is not modelled; filters without rows are judged by their type alone. */
export function networkFilterGap(type: string, config: Any | undefined, path: DumpPath): Gap | undefined {
  return config === undefined || LISTENER_FIDELITY[type] === undefined ? undefined : findGap(LISTENER_FIDELITY, type, config as Message, path);
}
