import { configSource, type JsonObject } from '../xds-files.ts';
import { networkFilter } from './http-connection-manager.ts';

const VERSIONS: JsonObject = { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' };

/** TLS as a gateway terminates it: one server certificate, by SDS under the Kubernetes secret's name. */
export function gatewayTls(secret: string): JsonObject {
  return downstreamTls({
    common_tls_context: {
      tls_params: VERSIONS,
      alpn_protocols: ['h2', 'http/1.1'],
      tls_certificate_sds_secret_configs: [{ name: secret, sds_config: configSource('sds', secret) }],
    },
    require_client_certificate: false,
  });
}

/** Mutual TLS of the mesh: the workload's own certificate, and peers of the trust domain only. */
export function meshTls(alpn: readonly string[] = ['h2', 'http/1.1']): JsonObject {
  return downstreamTls({
    common_tls_context: {
      tls_params: VERSIONS,
      alpn_protocols: [...alpn],
      tls_certificate_sds_secret_configs: [{ name: 'default', sds_config: configSource('sds', 'default') }],
      combined_validation_context: {
        default_validation_context: {
          match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { prefix: 'spiffe://cluster.local/' } }],
        },
        validation_context_sds_secret_config: { name: 'ROOTCA', sds_config: configSource('sds', 'ROOTCA') },
      },
    },
    require_client_certificate: true,
  });
}

/** An SDS secret with a certificate and its key. */
export function certificateSecret(name: string, certificate: { readonly cert: string; readonly key: string }): JsonObject {
  return { name, tls_certificate: { certificate_chain: { inline_string: certificate.cert }, private_key: { inline_string: certificate.key } } };
}

/** An SDS secret with the authority that peers are checked by. */
export function authoritySecret(name: string, cert: string): JsonObject {
  return { name, validation_context: { trusted_ca: { inline_string: cert } } };
}

function downstreamTls(config: JsonObject): JsonObject {
  return networkFilter('envoy.transport_sockets.tls', 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', config);
}
