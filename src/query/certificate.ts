import { DER, type DerNode, derElements, derTime, oidText } from './der.ts';

/** What the tables tell about an X.509 certificate. */
export interface CertificateFacts {
  /** Lower-case hexadecimal, at least 32 digits. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
  /** `CN=catalog, O=Example`; '' where it is empty. */
  readonly subject: string;
  readonly issuer: string;
  /** `DNS:shop.example`, `URI:spiffe://…`, `IP:10.0.0.1`. */
  readonly altNames: readonly string[];
}

/** The DER bytes of each `CERTIFICATE` block of PEM text, in order. */
export function pemCertificates(pem: string): Uint8Array[] {
  const blocks = pem.matchAll(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([\s\S]*?)-----END/g);
  return [...blocks].map(([, body = '']) => decodeBase64(body)).filter((bytes) => bytes !== undefined);
}

/** The bytes of base64 text in either alphabet, blanks ignored; undefined where it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Reads a DER certificate; undefined for bytes that are none. Source: RFC 5280, 4.1. */
export function readCertificate(der: Uint8Array): CertificateFacts | undefined {
  const certificate = derElements(der)?.[0];
  const body = certificate && derElements(certificate.bytes)?.[0];
  const fields = body && derElements(body.bytes);
  if (fields === undefined) return undefined;
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [serial, , issuer, validity, subject] = fields;
  const times = validity && derElements(validity.bytes);
  if (serial?.tag !== DER.integer || issuer === undefined || subject === undefined || times?.length !== 2) return undefined;
  const extensions = readExtensions(fields.find((field) => field.tag === 0xa3));
  return {
    serial: hex(serial.bytes)
      .replace(/^(?:00)+(?=.)/, '')
      .padStart(32, '0'),
    notBefore: new Date(derTime(times[0] as DerNode)),
    notAfter: new Date(derTime(times[1] as DerNode)),
    isCa: readIsCa(extensions.get('2.5.29.19')),
    subject: readName(subject),
    issuer: readName(issuer),
    altNames: readAltNames(extensions.get('2.5.29.17')),
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** By object identifier, the bytes within each extension's octet string. */
function readExtensions(field: DerNode | undefined): ReadonlyMap<string, Uint8Array> {
  const list = field && derElements(field.bytes)?.[0];
  const found = new Map<string, Uint8Array>();
  for (const extension of (list && derElements(list.bytes)) ?? []) {
    const parts = derElements(extension.bytes) ?? [];
    const value = parts.at(-1);
    if (parts[0]?.tag === DER.oid && value?.tag === DER.octetString) found.set(oidText(parts[0].bytes), value.bytes);
  }
  return found;
}

function readIsCa(basicConstraints: Uint8Array | undefined): boolean {
  const sequence = basicConstraints && derElements(basicConstraints)?.[0];
  const first = sequence && derElements(sequence.bytes)?.[0];
  return first?.tag === DER.boolean && first.bytes[0] !== 0;
}

const NAME_PARTS: Readonly<Record<string, string>> = { '2.5.4.3': 'CN', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST', '2.5.4.10': 'O', '2.5.4.11': 'OU' };

function readName(name: DerNode): string {
  const parts: string[] = [];
  for (const set of derElements(name.bytes) ?? []) {
    for (const pair of derElements(set.bytes) ?? []) {
      const [oid, value] = derElements(pair.bytes) ?? [];
      if (oid === undefined || value === undefined) continue;
      const id = oidText(oid.bytes);
      parts.push(`${NAME_PARTS[id] ?? id}=${new TextDecoder().decode(value.bytes)}`);
    }
  }
  return parts.join(', ');
}

function readAltNames(bytes: Uint8Array | undefined): string[] {
  const sequence = bytes && derElements(bytes)?.[0];
  const names: string[] = [];
  for (const { tag, bytes: value } of (sequence && derElements(sequence.bytes)) ?? []) {
    const text = new TextDecoder().decode(value);
    if (tag === 0x82) names.push(`DNS:${text}`);
    else if (tag === 0x86) names.push(`URI:${text}`);
    else if (tag === 0x81) names.push(`email:${text}`);
    else if (tag === 0x87) names.push(`IP:${value.length === 4 ? value.join('.') : hex(value).replace(/(.{4})(?=.)/g, '$1:')}`);
  }
  return names;
}
