import { type FidelityTable, modelled, noEffect, undetermined } from './fidelity-table.ts';

const TLS = 'envoy.extensions.transport_sockets.tls.v3';
const VALIDATION = { of: `${TLS}.CertificateValidationContext` };
const PROVIDER = 'certificates come from a provider outside the dump: they are taken to be there';

/** The server's side of TLS. */
export const TRANSPORT_ROWS: FidelityTable = {
  [`${TLS}.DownstreamTlsContext`]: {
    common_tls_context: modelled('', { of: `${TLS}.CommonTlsContext` }),
    require_client_certificate: modelled('a client without one is closed', { proof: 'g2 tls_context_mtls' }),
    require_sni: noEffect('Envoy does not enforce it (seen on 1.40)'),
    session_ticket_keys: noEffect('resumption'),
    session_ticket_keys_sds_secret_config: noEffect('resumption'),
    disable_stateless_session_resumption: noEffect('resumption'),
    disable_stateful_session_resumption: noEffect('resumption'),
    session_timeout: noEffect('resumption'),
    ocsp_staple_policy: noEffect('which certificates load at all; the dump shows listeners that did'),
    full_scan_certs_on_sni_mismatch: noEffect('which certificate is shown; whether the client accepts it is its own business'),
    prefer_client_ciphers: noEffect('ciphers'),
  },
  [`${TLS}.CommonTlsContext`]: {
    tls_params: noEffect('the client is taken to speak a version and cipher that the server has'),
    tls_certificates: modelled('there is one'),
    tls_certificate_sds_secret_configs: modelled('a secret that Envoy still waits for closes the connection', { of: `${TLS}.SdsSecretConfig` }),
    tls_certificate_provider_instance: noEffect(PROVIDER),
    custom_tls_certificate_selector: undetermined('a certificate selector may hold or close the handshake'),
    tls_certificate_certificate_provider: noEffect(PROVIDER),
    tls_certificate_certificate_provider_instance: noEffect(PROVIDER),
    validation_context: modelled('', VALIDATION),
    validation_context_sds_secret_config: modelled('', { of: `${TLS}.SdsSecretConfig` }),
    combined_validation_context: modelled('', { of: `${TLS}.CommonTlsContext.CombinedCertificateValidationContext` }),
    validation_context_certificate_provider: noEffect(PROVIDER),
    validation_context_certificate_provider_instance: noEffect(PROVIDER),
    alpn_protocols: modelled('the first of the server’s that the client offers', { proof: 'g6 gw_tls' }),
    custom_handshaker: undetermined('a handshaker of its own'),
    key_log: noEffect('debugging'),
  },
  [`${TLS}.CommonTlsContext.CombinedCertificateValidationContext`]: {
    default_validation_context: modelled('', VALIDATION),
    validation_context_sds_secret_config: modelled('', { of: `${TLS}.SdsSecretConfig` }),
    validation_context_certificate_provider: noEffect(PROVIDER),
    validation_context_certificate_provider_instance: noEffect(PROVIDER),
  },
  [`${TLS}.SdsSecretConfig`]: { name: modelled('looked up among the dump’s secrets'), sds_config: noEffect('where it comes from') },
  [`${TLS}.CertificateValidationContext`]: {
    trusted_ca: modelled('asks for a client certificate; that it signed the client’s is an assumption'),
    ca_certificate_provider_instance: modelled('as trusted_ca'),
    system_root_certs: modelled('as trusted_ca'),
    watched_directory: noEffect('reloading'),
    verify_certificate_spki: modelled('makes a client certificate required; that it fits is an assumption'),
    verify_certificate_hash: modelled('makes a client certificate required; that it fits is an assumption'),
    match_typed_subject_alt_names: modelled('makes a client certificate required; judged where the question names the client'),
    match_subject_alt_names: modelled('makes a client certificate required; judged where the question names the client'),
    require_signed_certificate_timestamp: noEffect('Envoy ignores it'),
    crl: modelled('that the client’s certificate is not revoked is an assumption'),
    allow_expired_certificate: modelled('that the client’s certificate is in time is an assumption'),
    trust_chain_verification: modelled('ACCEPT_UNTRUSTED: a certificate counts as presented, not as validated', { proof: 'g2 tls_context_mtls' }),
    custom_validator_config: undetermined('a validator of its own'),
    only_verify_leaf_cert_crl: modelled('that the client’s certificate is not revoked is an assumption'),
    max_verify_depth: modelled('that the client’s chain is short enough is an assumption'),
    suppress_client_ca_list: noEffect('what the server tells the client'),
  },
};
