import type { CertificateDetails, Secret } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { type CertificateFacts, readCertificate } from './certificate.ts';
import type { RowFilter } from './filter-rows.ts';
import type { Column, Listing } from './listing.ts';
import { resourceColumns } from './resource-state.ts';
import { rfc3339 } from './rfc3339.ts';
import { certificateSources, inlineCertificates, spiffeTrustDomain } from './secret-certificates.ts';

/** One certificate of a secret; a secret without an inline certificate has one row of its own. */
export interface SecretRow {
  /** Undefined for a certificate that only `/certs` lists. */
  readonly secret: Resource<Secret> | undefined;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly certificate: Omit<CertificateFacts, 'isCa'> | undefined;
  readonly trustDomain: string;
  /** Where the certificate itself is, when it is not in the dump: a file, a variable. */
  readonly elsewhere: string;
  readonly now: Date;
}

const DAY_MS = 86_400_000;

/**
 * Every certificate of every secret, warming ones first as in istioctl, static ones last; chains and bundles certificate by certificate.
 * Without a secrets section, the certificates of `/certs`. In: the proxy and the time that validity is judged by.
 */
export function listSecrets(proxy: ProxyConfig, now: Date): Listing<SecretRow> {
  const states = ['warming', 'active', 'static', 'error', 'draining'];
  const secrets = proxy.secrets.toSorted((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
  const fromCerts = proxy.secrets.length === 0 && proxy.certificates !== undefined;
  const rows = fromCerts ? certsRows(proxy, now) : secrets.flatMap((secret) => secretRows(secret, now));
  const notes = fromCerts ? ['the input has no secrets section; these are the certificates that /certs lists'] : [];
  return { kind: 'secrets', noun: 'certificate', rows, columns: columnsFor(rows), resourceOf: (row) => row.secret, notes };
}

export function secretFilters(wanted: { readonly name?: string | undefined }): RowFilter<SecretRow>[] {
  return wanted.name === undefined ? [] : [{ flag: '--name', wanted: wanted.name, values: (row) => [row.name] }];
}

function secretRows(secret: Resource<Secret>, now: Date): SecretRow[] {
  const status = secret.span === undefined ? 'REQUESTED' : secret.state === 'error' ? 'REJECTED' : secret.state.toUpperCase();
  const common = { secret, name: secret.name, status, now };
  const sources = certificateSources(secret.value);
  if (sources.length === 0) return [{ ...common, type: otherType(secret.value), certificate: undefined, trustDomain: '', elsewhere: '' }];
  return sources.flatMap(({ role, source, trustDomain = '' }): SecretRow[] => {
    const blank = role === 'certificate chain' ? 'Cert Chain' : 'CA';
    const elsewhere = source?.filename ? `file ${source.filename}` : source?.environment_variable ? `variable ${source.environment_variable}` : '';
    const found = inlineCertificates(source);
    if (found.length === 0) return [{ ...common, type: blank, certificate: undefined, trustDomain, elsewhere }];
    return found.map((der, i) => {
      const certificate = readCertificate(der);
      const type =
        certificate === undefined ? 'unreadable' : certificate.isCa ? (role === 'certificate chain' && i > 0 ? 'Intermediate CA' : 'CA') : 'Cert Chain';
      return { ...common, type, certificate, trustDomain: trustDomain || spiffeTrustDomain(certificate?.altNames ?? []), elsewhere };
    });
  });
}

function otherType(secret: Secret): string {
  if (secret.generic_secret) return 'Generic';
  if (secret.session_ticket_keys) return 'Session Ticket Keys';
  return secret.validation_context ? 'Validation' : '';
}

function certsRows(proxy: ProxyConfig, now: Date): SecretRow[] {
  const row = (type: string, details: CertificateDetails): SecretRow => {
    const altNames = (details.subject_alt_names ?? []).map((name) =>
      name.uri ? `URI:${name.uri}` : name.dns ? `DNS:${name.dns}` : `IP:${name.ip_address ?? ''}`,
    );
    const certificate = {
      serial: details.serial_number ?? '',
      notBefore: new Date(details.valid_from ?? ''),
      notAfter: new Date(details.expiration_time ?? ''),
      subject: '',
      issuer: '',
      altNames,
    };
    return { secret: undefined, name: details.path ?? '', type, status: 'ACTIVE', certificate, trustDomain: spiffeTrustDomain(altNames), elsewhere: '', now };
  };
  return (proxy.certificates?.value.certificates ?? []).flatMap((entry) => [
    ...(entry.ca_cert ?? []).map((details) => row('CA', details)),
    ...(entry.cert_chain ?? []).map((details) => row('Cert Chain', details)),
  ]);
}

function isValid(row: SecretRow): boolean {
  return row.certificate !== undefined && row.certificate.notBefore < row.now && row.now < row.certificate.notAfter;
}

function validText(row: SecretRow): string {
  return row.certificate === undefined && row.elsewhere !== '' ? 'unknown' : String(isValid(row));
}

function daysLeft(row: SecretRow): string {
  const end = row.certificate?.notAfter.getTime();
  return end === undefined || Number.isNaN(end) ? '' : String(Math.floor((end - row.now.getTime()) / DAY_MS));
}

/** TRUST DOMAIN stands in the default table where every row has one, as in istioctl. */
function columnsFor(rows: readonly SecretRow[]): readonly Column<SecretRow>[] {
  const resource = resourceColumns<SecretRow>((row) => row.secret);
  const domainsKnown = rows.length > 0 && rows.every((row) => row.trustDomain !== '');
  return [
    { key: 'name', title: 'RESOURCE NAME', cell: (row) => row.name },
    { key: 'type', title: 'TYPE', cell: (row) => row.type },
    { key: 'status', title: 'STATUS', cell: (row) => row.status, tone: (row) => (row.status === 'ACTIVE' || row.status === 'STATIC' ? undefined : 'warning') },
    {
      key: 'valid',
      title: 'VALID CERT',
      cell: validText,
      json: (row) => (row.certificate === undefined ? null : isValid(row)),
      tone: (row) => (validText(row) === 'true' ? 'good' : row.certificate === undefined ? undefined : 'bad'),
    },
    { key: 'serial', title: 'SERIAL NUMBER', cell: (row) => row.certificate?.serial ?? '' },
    { key: 'not_after', title: 'NOT AFTER', cell: (row) => (row.certificate ? rfc3339(row.certificate.notAfter) : '') },
    { key: 'not_before', title: 'NOT BEFORE', cell: (row) => (row.certificate ? rfc3339(row.certificate.notBefore) : '') },
    { key: 'trust_domain', title: 'TRUST DOMAIN', wide: !domainsKnown, cell: (row) => row.trustDomain },
    { key: 'days_left', title: 'DAYS LEFT', wide: true, cell: daysLeft, json: (row) => (daysLeft(row) === '' ? null : Number(daysLeft(row))) },
    { key: 'subject', title: 'SUBJECT', wide: true, cell: (row) => row.certificate?.subject ?? '' },
    { key: 'issuer', title: 'ISSUER', wide: true, cell: (row) => row.certificate?.issuer ?? '' },
    {
      key: 'alt_names',
      title: 'ALT NAMES',
      wide: true,
      cell: (row) => (row.certificate?.altNames ?? []).join(','),
      json: (row) => row.certificate?.altNames ?? [],
    },
    { key: 'from', title: 'FROM', wide: true, cell: (row) => row.elsewhere || (row.certificate ? 'inline' : '') },
    resource.version,
    resource.updated,
    resource.place,
  ];
}
