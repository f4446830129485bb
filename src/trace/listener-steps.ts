import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import type { ListenerFilterStep } from '../match/listener-filters.ts';
import type { FilterChain, Listener, ListenerFilter } from '../model/generated/envoy-api.ts';
import { configOf, configType } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';

import type { ProxyIndex } from './proxy-index.ts';
import type { Gap } from './trace-answer.ts';

const LISTENER = 'envoy.extensions.filters.listener';
const ORIGINAL_DST = `${LISTENER}.original_dst.v3.OriginalDst`;
const PROXY_PROTOCOL = `${LISTENER}.proxy_protocol.v3.ProxyProtocol`;
const TLS_INSPECTOR = `${LISTENER}.tls_inspector.v3.TlsInspector`;

/** Listener filters that a dump may name without any configuration. */
const BY_NAME: Readonly<Record<string, string>> = {
  original_dst: ORIGINAL_DST,
  proxy_protocol: PROXY_PROTOCOL,
  tls_inspector: TLS_INSPECTOR,
  http_inspector: `${LISTENER}.http_inspector.v3.HttpInspector`,
  original_src: `${LISTENER}.original_src.v3.OriginalSrc`,
};

/** Envoy 1.18 stopped to add a tls_inspector by itself where filter chains ask for what only that can tell. */
const FIRST_WITHOUT_INJECTION: readonly [number, number] = [1, 18];

const known = new WeakMap<Listener, { readonly steps: readonly ListenerFilterStep[] } | { readonly gap: Gap }>();

/**
 * The listener filters that a connection meets: those of the configuration, then the ones that Envoy adds for `use_original_dst`, for
 * `use_proxy_proto` of the first filter chain and, before 1.18, a tls_inspector. ECDS names are looked up in the dump.
 * Source: source/common/listener_manager/listener_impl.cc buildListenerFilterFactories, buildOriginalDstListenerFilter,
 * buildProxyProtocolListenerFilter.
 */
export function listenerSteps(index: ProxyIndex, listener: Resource<Listener>): { readonly steps: readonly ListenerFilterStep[] } | { readonly gap: Gap } {
  let found = known.get(listener.value);
  if (found === undefined) {
    found = build(index, listener);
    known.set(listener.value, found);
  }
  return found;
}

function build(index: ProxyIndex, { value, path }: Resource<Listener>): { readonly steps: readonly ListenerFilterStep[] } | { readonly gap: Gap } {
  const steps: ListenerFilterStep[] = [];
  for (const [i, filter] of (value.listener_filters ?? []).entries()) {
    const step = stepOf(index, filter, [...path, 'listener_filters', i]);
    if ('gap' in step) return step;
    steps.push(step);
  }
  const added = (type: string, at: DumpPath): void => {
    steps.push({ name: type, type, config: {}, disabled: undefined, path: at });
  };
  if (value.use_original_dst === true) added(ORIGINAL_DST, [...path, 'use_original_dst']);
  if (value.filter_chains?.[0]?.use_proxy_proto === true) added(PROXY_PROTOCOL, [...path, 'filter_chains', 0, 'use_proxy_proto']);
  const version = index.envoyVersion;
  const injects =
    version !== undefined &&
    (version[0] < FIRST_WITHOUT_INJECTION[0] || (version[0] === FIRST_WITHOUT_INJECTION[0] && version[1] < FIRST_WITHOUT_INJECTION[1]));
  if (injects && !steps.some(({ type }) => type === TLS_INSPECTOR) && (value.filter_chains ?? []).some(asksForTls))
    added(TLS_INSPECTOR, [...path, 'filter_chains']);
  return { steps };
}

function asksForTls({ filter_chain_match: match = {} }: FilterChain): boolean {
  if (match.transport_protocol) return match.transport_protocol === 'tls';
  return (match.server_names ?? []).length > 0 || (match.application_protocols ?? []).length > 0;
}

function stepOf(index: ProxyIndex, filter: ListenerFilter, path: DumpPath): ListenerFilterStep | { readonly gap: Gap } {
  const name = filter.name ?? '';
  const step = { name, disabled: filter.filter_disabled, path };
  if (filter.config_discovery !== undefined) {
    const delivered = index.proxy.ecds.find((r) => r.name === name && r.state !== 'error' && r.state !== 'warming');
    const config = delivered === undefined ? filter.config_discovery.default_config : configOf(delivered.value);
    if (config === undefined)
      return { gap: { id: 'PC9001', what: `the dump has no configuration for listener filter "${name}", which comes by ECDS`, path: jqPath(path) } };
    return { ...step, type: configType(config), config };
  }
  const config = configOf(filter);
  return { ...step, type: configType(config) || (BY_NAME[name.replace(/^envoy\.(filters\.)?listener\./, '')] ?? ''), config: config ?? {} };
}
