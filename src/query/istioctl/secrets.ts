import type { Secret } from '../../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import type { Resource } from '../../model/resource.ts';
import { readCertificate } from '../certificate.ts';
import { rfc3339 } from '../rfc3339.ts';
import { certificateSources, inlineCertificates, spiffeTrustDomain } from '../secret-certificates.ts';
import type { PlainTable } from './plain-table.ts';

interface SecretRow {
  readonly cells: readonly string[];
  readonly trustDomain: string;
}

/** istioctl's table of secrets: dynamic ones, warming before active; of each source of certificates the first one. */
export function istioctlSecretTable(proxy: ProxyConfig, flags: { readonly now: Date; readonly named?: boolean }): PlainTable {
  const listed = [...proxy.secrets.filter((s) => s.state === 'warming'), ...proxy.secrets.filter((s) => s.state === 'active')];
  const rows = listed.flatMap((secret) => rowsOf(secret, flags.now, flags.named ?? false));
  const header = ['RESOURCE NAME', 'TYPE', 'STATUS', 'VALID CERT', 'SERIAL NUMBER', 'NOT AFTER', 'NOT BEFORE'];
  const withDomain = rows.every((row) => row.trustDomain !== '');
  return {
    header: withDomain ? [...header, 'TRUST DOMAIN'] : header,
    rows: rows.map((row) => (withDomain ? [...row.cells, row.trustDomain] : row.cells)),
    padding: 5,
  };
}

function rowsOf(secret: Resource<Secret>, now: Date, named: boolean): SecretRow[] {
  const name = `${named ? 'secret/' : ''}${secret.name}`;
  const status = secret.state.toUpperCase();
  const sources = certificateSources(secret.value);
  if (sources.length === 0) return [{ cells: [name, '', status, 'false', '', '', ''], trustDomain: '' }];
  return sources.map(({ source, trustDomain = '' }) => {
    const [first] = inlineCertificates(source);
    const facts = first && readCertificate(first);
    if (facts === undefined) return { cells: [name, '', status, 'false', '', '', ''], trustDomain };
    const valid = facts.notBefore < now && now < facts.notAfter;
    const cells = [name, facts.isCa ? 'CA' : 'Cert Chain', status, String(valid), facts.serial, rfc3339(facts.notAfter), rfc3339(facts.notBefore)];
    return { cells, trustDomain: trustDomain || spiffeTrustDomain(facts.altNames) };
  });
}
