import type { DataSource, Secret, SPIFFECertValidatorConfig } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import { decodeBase64, pemCertificates } from './certificate.ts';

/** Where the certificates of a secret stand in it. */
export interface CertificateSource {
  readonly role: 'certificate chain' | 'trusted CA' | 'trust bundle';
  /** Of a SPIFFE trust bundle. */
  readonly trustDomain: string | undefined;
  readonly source: DataSource | undefined;
}

/** What of a secret may hold certificates: its chain, its trusted CA, or the trust bundles of a SPIFFE validator. */
export function certificateSources(secret: Secret): CertificateSource[] {
  if (secret.tls_certificate) return [{ role: 'certificate chain', trustDomain: undefined, source: secret.tls_certificate.certificate_chain }];
  const validation = secret.validation_context;
  if (validation === undefined) return [];
  if (validation.trusted_ca && Object.keys(validation.trusted_ca).length > 0)
    return [{ role: 'trusted CA', trustDomain: undefined, source: validation.trusted_ca }];
  const validator = validation.custom_validator_config?.typed_config;
  if (!anyType(validator).endsWith('.SPIFFECertValidatorConfig')) return [];
  return ((validator as SPIFFECertValidatorConfig).trust_domains ?? []).map((domain) => ({
    role: 'trust bundle',
    trustDomain: domain.name,
    source: domain.trust_bundle,
  }));
}

/** The inline text of a data source; undefined where it names a file or a variable, or nothing. */
export function inlineText(source: DataSource | undefined): string | undefined {
  if (source?.inline_string !== undefined) return source.inline_string;
  const bytes = source?.inline_bytes === undefined ? undefined : decodeBase64(source.inline_bytes);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** The DER certificates of a data source, in order; none where they are not inline. */
export function inlineCertificates(source: DataSource | undefined): Uint8Array[] {
  return pemCertificates(inlineText(source) ?? '');
}

/** The trust domain that a certificate's SPIFFE identity names; '' where it has none. */
export function spiffeTrustDomain(altNames: readonly string[]): string {
  for (const name of altNames) {
    const domain = /^URI:spiffe:\/\/([^/]+)/.exec(name)?.[1];
    if (domain !== undefined) return domain;
  }
  return '';
}
