import { jqPath } from '../dump/dump-path.ts';
import type { FilterStateValue, NetworkSetFilterState_Config as SetFilterState } from '../model/generated/envoy-api.ts';
import type { NetworkEffect, NetworkFilterQuestion } from './network-filter.ts';

/** The filter state key that tcp_proxy reads its cluster from. Source: source/common/tcp_proxy/tcp_proxy.h PerConnectionCluster. */
const CLUSTER_KEY = 'envoy.tcp_proxy.cluster';

/**
 * set_filter_state may name the cluster for tcp_proxy by a format string; other keys change nothing that a dump shows.
 * Source: source/extensions/filters/network/set_filter_state/filter.cc SetFilterState::onNewConnection.
 */
export function setFilterState({ config, context, path }: NetworkFilterQuestion): NetworkEffect {
  const value = ((config ?? {}) as SetFilterState).on_new_connection?.find(({ object_key: key, factory_key: factory }) => (key || factory) === CLUSTER_KEY);
  if (value === undefined) return { kind: 'passes' };
  const cluster = textOf(value, context.facts.sni ?? '');
  if (cluster === undefined) {
    return {
      kind: 'unknown',
      gap: { id: 'PC9001', what: `the format string that names the cluster in filter state ${CLUSTER_KEY}`, path: jqPath([...path, 'typed_config']) },
    };
  }
  if (cluster === '' && value.skip_if_empty === true) return { kind: 'passes' };
  return { kind: 'sets cluster', cluster, says: `filter state ${CLUSTER_KEY} names cluster "${cluster}"` };
}

/** Format strings of plain text and the server name; undefined for any other command operator. */
function textOf({ format_string: format }: FilterStateValue, sni: string): string | undefined {
  const source = format?.text_format_source?.inline_string ?? format?.text_format;
  const text = source?.replaceAll('%REQUESTED_SERVER_NAME%', sni).replaceAll('%%', '\0');
  return text === undefined || text.includes('%') ? undefined : text.replaceAll('\0', '%');
}
