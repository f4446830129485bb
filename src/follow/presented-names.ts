import type { CommonTlsContext, DataSource, SubjectAlternateName } from '../model/generated/envoy-api.ts';
import { type CertificateFacts, readCertificate } from '../query/certificate.ts';
import { inlineCertificates } from '../query/secret-certificates.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';

/** The names of one certificate: `URI:spiffe://…`, `DNS:shop.example`, `IP:10.0.0.1`; and who issued it where that is known. */
export interface PresentedCertificate {
  readonly names: readonly string[];
  readonly issuer: string | undefined;
  /** What the certificates behind it in its chain are called. */
  readonly chainIssuers: readonly string[];
}

const NO_CONTEXT: CommonTlsContext = {};

type Known<T> = WeakMap<ProxyIndex, WeakMap<CommonTlsContext, { readonly value: T }>>;
const presented: Known<readonly PresentedCertificate[] | undefined> = new WeakMap();
const trusted: Known<readonly string[] | undefined> = new WeakMap();

/** Certificates are read once for each context of a proxy. */
function once<T>(known: Known<T>, index: ProxyIndex, common: CommonTlsContext, read: () => T): T {
  const own = known.get(index) ?? new WeakMap<CommonTlsContext, { readonly value: T }>();
  known.set(index, own);
  const found = own.get(common) ?? { value: read() };
  own.set(common, found);
  return found.value;
}

/**
 * The certificates that a side of a TLS connection may show: from the secrets that its context names, else, where `/certs` has the same
 * names for all of its certificates, those. Undefined where the input does not tell; an empty list where it has none to show.
 */
export function presentedCertificates(index: ProxyIndex, common: CommonTlsContext = NO_CONTEXT): readonly PresentedCertificate[] | undefined {
  return once(presented, index, common, () => readCertificates(index, common));
}

function readCertificates(index: ProxyIndex, common: CommonTlsContext): readonly PresentedCertificate[] | undefined {
  const secrets = (common.tls_certificate_sds_secret_configs ?? []).map(({ name = '' }) => index.secrets.get(name)?.value.tls_certificate?.certificate_chain);
  const inline = (common.tls_certificates ?? []).map(({ certificate_chain: chain }) => chain);
  const sources = [...secrets, ...inline];
  if (sources.length === 0) return [];
  const read = sources.map(readChain);
  return read.every((certificate) => certificate !== undefined) ? read : fromAdmin(index);
}

function readChain(source: DataSource | undefined): PresentedCertificate | undefined {
  const [leaf, ...others] = inlineCertificates(source).flatMap((der): CertificateFacts[] => {
    const certificate = readCertificate(der);
    return certificate === undefined ? [] : [certificate];
  });
  return leaf === undefined ? undefined : { names: leaf.altNames, issuer: leaf.issuer, chainIssuers: others.map(({ issuer }) => issuer) };
}

/** `/certs` does not say which certificate belongs to which secret: it tells only where all have the same names. */
function fromAdmin({ proxy }: ProxyIndex): readonly PresentedCertificate[] | undefined {
  const chains = (proxy.certificates?.value.certificates ?? []).flatMap(({ cert_chain: [leaf] = [] }) => (leaf === undefined ? [] : [leaf]));
  const named = chains.map(({ subject_alt_names: names = [] }) => names.map(nameOf).sort());
  const [first] = named;
  if (first === undefined || named.some((names) => names.join() !== first.join())) return undefined;
  return [{ names: first, issuer: undefined, chainIssuers: [] }];
}

function nameOf({ uri, dns, ip_address: ip }: SubjectAlternateName): string {
  return uri !== undefined ? `URI:${uri}` : dns !== undefined ? `DNS:${dns}` : `IP:${ip ?? ''}`;
}

/** A name without its kind, as a person and a request say it. */
export const bareName = (name: string): string => name.replace(/^(?:URI|DNS|IP|email):/, '');

/** The subjects of the authorities that a side checks its peer by; undefined where the input does not show them. */
export function trustedSubjects(index: ProxyIndex, common: CommonTlsContext = NO_CONTEXT): readonly string[] | undefined {
  return once(trusted, index, common, () => readSubjects(index, common));
}

function readSubjects(index: ProxyIndex, common: CommonTlsContext): readonly string[] | undefined {
  const { validation_context: own, combined_validation_context: combined } = common;
  const secret = combined?.validation_context_sds_secret_config?.name ?? common.validation_context_sds_secret_config?.name;
  const delivered = secret === undefined ? undefined : index.secrets.get(secret)?.value.validation_context;
  const source = delivered?.trusted_ca ?? own?.trusted_ca ?? combined?.default_validation_context?.trusted_ca;
  const subjects = inlineCertificates(source).flatMap((der) => readCertificate(der)?.subject ?? []);
  return subjects.length === 0 ? undefined : subjects;
}
