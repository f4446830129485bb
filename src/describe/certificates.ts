import type { ProxyConfig } from '../model/proxy-config.ts';
import { listSecrets, type SecretRow } from '../query/list-secrets.ts';
import type { DescribedCertificate } from './description.ts';

const DAY_MS = 86_400_000;

/**
 * The certificates of the secrets, and those of `/certs` where the secrets do not hold them, the one that ends first at the top.
 * In: the time by which days are counted.
 */
export function describedCertificates(proxy: ProxyConfig, now: Date): readonly DescribedCertificate[] {
  const own = listSecrets(proxy, now).rows.filter(({ type }) => type !== 'Generic' && type !== 'Session Ticket Keys');
  const fromSecrets = proxy.secrets.length > 0;
  const isWhole = own.some(({ certificate }) => certificate !== undefined);
  const besides = fromSecrets && !isWhole && proxy.certificates !== undefined ? listSecrets(withoutSecrets(proxy), now).rows : [];
  const all = [...own.map((row) => certificateOf(row, now, fromSecrets ? 'secrets' : '/certs')), ...besides.map((row) => certificateOf(row, now, '/certs'))];
  const unique = new Map(all.map((one) => [`${one.name} ${one.type} ${one.not_after} ${one.alt_names.join()}`, one]));
  return [...unique.values()].sort((a, b) => (a.days_left ?? Number.POSITIVE_INFINITY) - (b.days_left ?? Number.POSITIVE_INFINITY));
}

/** The same proxy as one whose secrets the input does not hold. The lists are getters, so none of them is made here. */
function withoutSecrets(proxy: ProxyConfig): ProxyConfig {
  return Object.create(proxy, { secrets: { value: [] } }) as ProxyConfig;
}

function certificateOf({ name, type, certificate, elsewhere }: SecretRow, now: Date, from: DescribedCertificate['from']): DescribedCertificate {
  const end = certificate?.notAfter.getTime();
  const isKnown = end !== undefined && !Number.isNaN(end);
  return {
    name,
    type,
    not_after: isKnown ? new Date(end).toISOString() : null,
    days_left: isKnown ? Math.floor((end - now.getTime()) / DAY_MS) : null,
    alt_names: certificate?.altNames ?? [],
    elsewhere: elsewhere || null,
    from,
  };
}
