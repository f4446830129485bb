import { jqPath } from '../../dump/dump-path.ts';
import { readCertificate } from '../../query/certificate.ts';
import { certificateSources, inlineCertificates } from '../../query/secret-certificates.ts';
import type { Finding } from '../finding.ts';
import type { LintContext } from '../lint-context.ts';

const DAY = 86_400_000;

interface Held {
  readonly name: string;
  readonly subject: string;
  readonly from: Date | undefined;
  readonly until: Date;
  /** A time at which the proxy is known to have held it. */
  readonly seen?: Date | undefined;
  readonly evidence: Finding['evidence'];
}

/**
 * Certificates that have ended, are not valid yet, or end soon. A saved dump is judged by its own time as well: what was valid when it
 * was taken and has ended since is no fault of the proxy, and is told as information. Of trusted authorities a bundle has many, and old
 * ones do no harm: they count where none of the bundle is valid any more.
 */
export function* certificates(context: LintContext): Generator<Finding> {
  const { now, expiringMs } = context;
  const all = [...fromSecrets(context), ...fromCerts(context)];
  const taken = takenAt(context, all);
  const seen = new Set<string>();
  for (const held of all) {
    const key = `${held.name} ${held.until.toISOString()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const lifetime = held.from === undefined ? Number.POSITIVE_INFINITY : held.until.getTime() - held.from.getTime();
    const facts = {
      name: held.name,
      subject: held.subject,
      until: held.until.toISOString(),
      from: held.from?.toISOString(),
      taken: taken === now ? undefined : taken.toISOString(),
    };
    const base = { subject: held.name, facts, evidence: held.evidence };
    if (held.until <= taken) yield { id: 'PC6003', ...base };
    else if (held.from !== undefined && held.from > now) yield { id: 'PC6003', ...base, facts: { ...facts, early: 'yes' } };
    else if (held.until <= now) yield { id: 'PC6003', ...base, facts: { ...facts, since: 'yes' }, severity: 'info' };
    else if (held.until.getTime() - now.getTime() < expiringMs && lifetime > expiringMs) {
      const days = Math.floor((held.until.getTime() - now.getTime()) / DAY);
      yield { id: 'PC6004', ...base, facts: { ...facts, days } };
    }
  }
}

/** When the input was taken at the earliest: the newest change that it knows of, and the newest certificate. */
function takenAt({ now, dumpTime }: LintContext, all: readonly Held[]): Date {
  const told = [dumpTime, ...all.map((held) => held.seen)].filter((time) => time !== undefined && time <= now);
  const times = [...told, ...all.map((held) => held.from)].flatMap((time) => (time === undefined || time > now ? [] : [time.getTime()]));
  return told.length === 0 ? now : new Date(Math.max(...times));
}

function* fromSecrets(context: LintContext): Generator<Held> {
  for (const secret of context.proxy.secrets) {
    if (secret.state === 'error') continue;
    const evidence = { document: secret.document, path: jqPath([...secret.path, 'name']) };
    for (const { source, role } of certificateSources(secret.value)) {
      const held = inlineCertificates(source).flatMap((der) => {
        const read = readCertificate(der);
        if (read === undefined) return [];
        return [{ name: secret.name, subject: read.subject || read.altNames.join(', '), from: read.notBefore, until: read.notAfter, evidence }];
      });
      yield* role === 'certificate chain' ? held.slice(0, 1) : lastOf(held);
    }
  }
}

/** Of the authorities of one bundle the one that ends last. */
function lastOf(held: readonly Held[]): readonly Held[] {
  const [last] = [...held].sort((a, b) => b.until.getTime() - a.until.getTime());
  return last === undefined ? [] : [last];
}

function* fromCerts({ proxy }: LintContext): Generator<Held> {
  // The same certificates stand in the secrets of the dump, under their names.
  if (proxy.secrets.length > 0) return;
  const { certificates: document } = proxy;
  for (const [i, certificate] of (document?.value.certificates ?? []).entries()) {
    for (const key of ['ca_cert', 'cert_chain'] as const) {
      const held = (certificate[key] ?? []).flatMap((one, j): Held[] => {
        const until = new Date(one.expiration_time ?? '');
        const from = new Date(one.valid_from ?? '');
        if (Number.isNaN(until.getTime())) return [];
        const evidence = { document: document?.document ?? '', path: jqPath(['certificates', i, key, j]) };
        // Envoy says in whole days how long it will be valid: that dates the document.
        const days = Number(one.days_until_expiration ?? Number.NaN);
        const seen = Number.isNaN(days) || days <= 0 ? from : new Date(until.getTime() - (days + 1) * DAY);
        return [
          {
            seen: Number.isNaN(seen.getTime()) ? undefined : seen,
            name: one.path || (one.serial_number ?? ''),
            subject: '',
            from: Number.isNaN(from.getTime()) ? undefined : from,
            until,
            evidence,
          },
        ];
      });
      yield* key === 'cert_chain' ? held.slice(0, 1) : lastOf(held);
    }
  }
}
