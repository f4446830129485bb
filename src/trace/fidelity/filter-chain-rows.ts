import { type FidelityTable, modelled, noEffect, undetermined } from './fidelity-table.ts';

const LISTENER = 'envoy.config.listener.v3';
const CIDR = { of: 'envoy.config.core.v3.CidrRange' };

/** FilterChain and FilterChainMatch. */
export const FILTER_CHAIN_ROWS: FidelityTable = {
  [`${LISTENER}.FilterChain`]: {
    filter_chain_match: modelled('criteria in Envoy’s order, no way back', { of: `${LISTENER}.FilterChainMatch`, proof: 'g5 precedence' }),
    filters: modelled('in their order', { of: `${LISTENER}.Filter` }),
    use_proxy_proto: modelled('of the first filter chain: adds the proxy_protocol listener filter'),
    metadata: noEffect('for people and control planes'),
    transport_socket: modelled('plaintext, TLS, tap, tcp_stats, starttls'),
    transport_socket_connect_timeout: noEffect('the client is taken to finish its handshake in time'),
    name: modelled('names the answer; filter_chain_matcher finds it by its name'),
    tls_context: modelled('the TLS context of dumps before v3'),
  },
  [`${LISTENER}.FilterChainMatch`]: {
    destination_port: modelled('first criterion; a specific port hides the chains without one', { proof: 'g5 dst_default_v2' }),
    prefix_ranges: modelled('longest prefix; 0.0.0.0/0 against no ranges is decided at Envoy’s start (condition)', { ...CIDR, proof: 'g5 zero_prefix_last' }),
    address_suffix: undetermined('Envoy refuses it as well'),
    suffix_len: undetermined('Envoy refuses it as well'),
    direct_source_prefix_ranges: modelled('the socket’s own peer', { ...CIDR, proof: 'g5 src_direct' }),
    source_type: modelled('local is the same IP, 127.0.0.1 or ::1', { proof: 'g5 src_type_any' }),
    source_prefix_ranges: modelled('longest prefix', { ...CIDR, proof: 'g5 src_ext_net' }),
    source_ports: modelled('a port that the question does not give is taken to be another', { proof: 'g5 src_ports' }),
    server_names: modelled('exact, then the longest *.suffix; needs tls_inspector', { proof: 'g5 sni_default' }),
    transport_protocol: modelled('needs tls_inspector', { proof: 'g5 transport' }),
    application_protocols: modelled('the first of the client’s that a chain asks for', { proof: 'g5 alpn_no_fallback' }),
  },
  'envoy.config.core.v3.CidrRange': { address_prefix: modelled(), prefix_len: modelled('0 where it is not set') },
  [`${LISTENER}.Filter`]: {
    name: modelled(),
    typed_config: modelled('by its type'),
    config_discovery: modelled('ECDS: looked up by name in the dump'),
    config: modelled('untyped configuration of old dumps'),
  },
};
