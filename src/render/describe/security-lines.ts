import type { AppliedPolicy, DescribedCertificate, Description, InboundTls, OutboundTls } from '../../describe/description.ts';
import { plural } from '../../diagnostics/words.ts';
import { fittedColumns } from '../fitted-columns.ts';
import { field, firstOf, type PageOptions, SHOWN } from './section.ts';

const MODES: Readonly<Record<InboundTls['mode'], string>> = {
  strict: 'mTLS only (strict)',
  permissive: 'mTLS or plaintext (permissive)',
  disabled: 'plaintext',
  tls: 'TLS, no client certificate',
  passthrough: 'TLS passed through',
  mixed: 'differs by filter chain',
};

/** Who must use TLS with the proxy, and with whom it uses TLS. */
export function tlsLines({ inbound, outbound }: Description, options: PageOptions): string[] {
  if (inbound.length === 0 && outbound === null) return [];
  const { rows, rest } = firstOf(inbound, SHOWN.inbound, options, 'listeners');
  const cells = rows.map(({ port, listener, mode, transports, server_names, destinations }) => [
    port === null ? 'other ports' : `port ${port}`,
    MODES[mode],
    mode === 'disabled' ? '' : transports.join(', '),
    server_names.length > 0 ? `SNI ${someOf(server_names)}` : destinations.length > 0 ? `→ ${someOf(destinations)}` : listener,
  ]);
  return [
    options.style.bold('TLS'),
    ...fittedColumns(cells, { own: [14, 31, 28, 36], width: options.width, indent: 2 }),
    ...rest,
    ...field('to clusters', outboundText(outbound), options),
  ];
}

function someOf(texts: readonly string[]): string {
  return texts.slice(0, 2).join(', ') + (texts.length > 2 ? ` + ${texts.length - 2} more` : '');
}

function outboundText(outbound: OutboundTls | null): string {
  if (outbound === null || outbound.clusters === 0) return '';
  const { clusters, mtls, mtls_by_endpoint, hbone, tls, passthrough, plaintext, other, plaintext_names: names } = outbound;
  const parts = [
    [mtls, 'with mTLS'],
    [mtls_by_endpoint, 'with mTLS where the endpoint takes it'],
    [hbone, 'through HBONE tunnels'],
    [tls, 'with TLS'],
    [passthrough, 'by SNI, TLS passed through'],
    [plaintext, `in plaintext${plaintext > 0 && plaintext <= 2 ? ` (${names.join(', ')})` : ''}`],
    [other, 'otherwise'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, how]) => `${count} ${how} (${share(count, clusters)})`);
  return `${plural(clusters, 'cluster')}: ${said.join(', ')}`;
}

function share(count: number, all: number): string {
  return `${Math.round((100 * count) / all)} %`;
}

/** What decides about requests and connections. */
export function policyLines({ policies, other_filters: others, counts }: Description, options: PageOptions): string[] {
  if (policies.length === 0 && others.length === 0 && counts.listeners === null) return [];
  const { rows, rest } = firstOf(policies, SHOWN.policies, options, 'describe -o json');
  const cells = rows.map((policy) => [[policy.kind, policy.name ?? ''].filter((part) => part !== '').join(' '), whatText(policy), placesText(policy.places)]);
  const filters = others.map(({ name, chains }) => `${name}${chains > 1 ? ` (${chains} chains)` : ''}`);
  return [
    policies.length > 0 ? options.style.bold('Policies') : `${options.style.bold('Policies')}  none: no access rules, tokens, rate limits or faults`,
    ...fittedColumns(cells, { own: [46, 32, 30], width: options.width, indent: 2 }),
    ...rest,
    ...field('other filters', filters.slice(0, 10).join(', ') + (filters.length > 10 ? ` + ${filters.length - 10} more` : ''), options),
  ];
}

function whatText({ action, detail }: AppliedPolicy): string {
  return [action, detail].filter((part) => part).join(': ');
}

function placesText(places: readonly string[]): string {
  const [first = '', ...others] = places;
  return others.length === 0 ? first : `${first} + ${others.length} more`;
}

/** Until when the certificates are valid, the first to end at the top. */
export function certificateLines({ certificates, identity, now }: Description, options: PageOptions): string[] {
  const dated = certificates.filter(({ days_left: days }) => days !== null);
  if (dated.length === 0) return [];
  const { rows, rest } = firstOf(dated, SHOWN.certificates, options, 'secrets');
  const cells = rows.map((one) => [one.name || '(unnamed)', one.type, daysText(one, options), one.alt_names.slice(0, 2).join(', ')]);
  return [
    options.style.bold('Certificates'),
    ...fittedColumns(cells, { own: [28, 15, 38, 26], width: options.width, indent: 2 }),
    ...rest,
    ...ageLines(dated, identity.newest_update, now, options),
  ];
}

const MONTH_MS = 30 * 86_400_000;

/** An old dump's certificates have ended since: which time they are judged by, and how to judge by the dump's own. */
function ageLines(certificates: readonly DescribedCertificate[], taken: string | null, now: string, options: PageOptions): string[] {
  const isOld = taken !== null && Date.parse(now) - Date.parse(taken) > MONTH_MS;
  if (!isOld || !certificates.some(({ days_left: days }) => days !== null && days < 0)) return [];
  const own = taken.replace(/\.\d+/, '');
  return [options.style.dim(`  judged by ${now.slice(0, 10)}; the input is of ${own.slice(0, 10)}: --now ${own} judges by then`)];
}

function daysText({ days_left: days, not_after: end }: DescribedCertificate, { style }: PageOptions): string {
  const date = end?.slice(0, 10) ?? '';
  if (days === null) return '';
  if (days < 0) return style.red(`ended ${plural(-days, 'day')} ago, ${date}`);
  const text = `${plural(days, 'day')} left, until ${date}`;
  return days < 14 ? style.yellow(text) : text;
}
