import { type FidelityTable, modelled, noEffect } from './fidelity-table.ts';

const CONFIG = 'envoy.config.listener.v3';
const FILTERS = 'envoy.extensions.filters.listener';

/** Listener filters and their predicates. A listener filter of a type without rows makes the answer undetermined. */
export const LISTENER_FILTER_ROWS: FidelityTable = {
  [`${CONFIG}.ListenerFilter`]: {
    name: modelled(),
    typed_config: modelled('by its type'),
    config_discovery: modelled('ECDS: looked up by name in the dump'),
    filter_disabled: modelled('', { of: `${CONFIG}.ListenerFilterChainMatchPredicate`, proof: 'g5 lf_disabled' }),
    config: modelled('untyped configuration of old dumps'),
  },
  [`${CONFIG}.ListenerFilterChainMatchPredicate`]: {
    or_match: modelled('', { of: `${CONFIG}.ListenerFilterChainMatchPredicate.MatchSet` }),
    and_match: modelled('', { of: `${CONFIG}.ListenerFilterChainMatchPredicate.MatchSet` }),
    not_match: modelled('', { of: `${CONFIG}.ListenerFilterChainMatchPredicate` }),
    any_match: modelled(),
    destination_port_range: modelled('start, not end'),
  },
  [`${CONFIG}.ListenerFilterChainMatchPredicate.MatchSet`]: { rules: modelled('', { of: `${CONFIG}.ListenerFilterChainMatchPredicate` }) },
  [`${FILTERS}.tls_inspector.v3.TlsInspector`]: {
    enable_ja3_fingerprinting: noEffect('fingerprints are for logs'),
    enable_ja4_fingerprinting: noEffect('fingerprints are for logs'),
    initial_read_buffer_size: noEffect('buffering'),
    max_client_hello_size: noEffect('the client is taken to send a ClientHello of usual size'),
    close_connection_on_client_hello_parsing_errors: modelled('closes what is not TLS'),
  },
  [`${FILTERS}.http_inspector.v3.HttpInspector`]: {},
  [`${FILTERS}.proxy_protocol.v3.ProxyProtocol`]: {
    rules: noEffect('TLVs become metadata, which a listener does not look at'),
    allow_requests_without_proxy_protocol: modelled('the header is mandatory without it', { proof: 'g5 dst_default_v2' }),
    pass_through_tlvs: noEffect('for the upstream connection'),
    disallowed_versions: modelled('closed, or left unread where headers are optional'),
    stat_prefix: noEffect('statistics'),
    tlv_location: noEffect('where TLVs are kept'),
  },
  [`${FILTERS}.original_dst.v3.OriginalDst`]: {},
  [`${FILTERS}.original_src.v3.OriginalSrc`]: { bind_port: noEffect('the upstream connection’s own address'), mark: noEffect('socket mark') },
  [`${FILTERS}.local_ratelimit.v3.LocalRateLimit`]: {
    stat_prefix: noEffect('statistics'),
    token_bucket: noEffect('one connection at a time is below the limit'),
    runtime_enabled: noEffect('one connection at a time is below the limit'),
  },
  [`${FILTERS}.set_filter_state.v3.Config`]: { on_accept: noEffect('filter state, which a listener does not look at; matchers on it are undetermined') },
};
