import type { CertificateValidationContext, DownstreamTlsContext } from '../model/generated/envoy-api.ts';
import { compileString } from './string-matcher.ts';

/** What the client brings to a TLS handshake. */
export interface TlsClient {
  readonly applicationProtocols: readonly string[];
  readonly hasCertificate: boolean;
  /** URI SANs and DNS SANs of its certificate; undefined where they are not known. */
  readonly identities: readonly string[] | undefined;
}

export type TlsHandshake =
  | {
      readonly kind: 'established';
      /** Undefined where both have no protocol in common, or one of them names none. */
      readonly applicationProtocol: string | undefined;
      readonly certificate: { readonly presented: boolean; readonly validated: boolean };
      /** The client's certificate is taken to be one that the server trusts: a dump holds no chain of the client's. */
      readonly isTrustAssumed: boolean;
    }
  | { readonly kind: 'fails'; readonly why: string };

/**
 * The server's side of a TLS handshake. A client certificate is required by require_client_certificate, and also where the validation
 * context names SANs, hashes or SPKIs; a mere CA asks for one that may be missing. ALPN takes the first of the server's protocols that
 * the client offers, and goes on without one where they have none in common. require_sni has no effect here.
 * Source: source/common/tls/cert_validator/default_validator.cc DefaultCertValidator::initializeSslContexts;
 * source/common/tls/server_context_impl.cc ServerContextImpl::alpnSelectCallback.
 * In: the context, the validation context that SDS delivered for it (where there is one), the client. Pure.
 */
export function shakeHands(context: DownstreamTlsContext, delivered: CertificateValidationContext | undefined, client: TlsClient): TlsHandshake {
  const common = context.common_tls_context ?? {};
  const own = common.validation_context ?? common.combined_validation_context?.default_validation_context;
  const asked =
    own !== undefined ||
    delivered !== undefined ||
    common.combined_validation_context !== undefined ||
    common.validation_context_sds_secret_config !== undefined;
  const contexts = [own, delivered].filter((c) => c !== undefined);
  const acceptsUntrusted = contexts.some((c) => c.trust_chain_verification === 'ACCEPT_UNTRUSTED');
  const isPinned = contexts.some((c) => namesOf(c).length > 0 || (c.verify_certificate_hash ?? []).length > 0 || (c.verify_certificate_spki ?? []).length > 0);
  const isRequired = context.require_client_certificate === true || (isPinned && !acceptsUntrusted);
  if (isRequired && !client.hasCertificate) return { kind: 'fails', why: 'the filter chain requires a client certificate, and the client brings none' };
  const presented = client.hasCertificate && (asked || isRequired);
  const names = contexts.flatMap(namesOf);
  if (presented && client.identities !== undefined && names.length > 0 && !names.some((matches) => client.identities?.some(matches))) {
    return { kind: 'fails', why: `no name of the client's certificate (${client.identities.join(', ')}) is one that the filter chain accepts` };
  }
  return {
    kind: 'established',
    applicationProtocol: (common.alpn_protocols ?? [])
      .join(',')
      .split(',')
      .find((protocol) => protocol !== '' && client.applicationProtocols.includes(protocol)),
    certificate: { presented, validated: presented && asked && !acceptsUntrusted },
    isTrustAssumed: presented && !acceptsUntrusted,
  };
}

/** The names that a client's certificate may have; a matcher that pc cannot read accepts every name. */
function namesOf(context: CertificateValidationContext): readonly ((name: string) => boolean)[] {
  const typed = (context.match_typed_subject_alt_names ?? []).map(({ matcher = {} }) => matcher);
  return [...typed, ...(context.match_subject_alt_names ?? [])].map((matcher) => {
    const test = compileString(matcher);
    return test.unsupported === undefined ? test.matches : () => true;
  });
}
