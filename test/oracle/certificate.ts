import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { base64Lines, bitString, explicit, implicit, integer, objectId, octetString, sequence, set, utcTime, utf8 } from './der.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateAuthority extends Certificate {
  /** A certificate for a server or a client with these DNS names and URIs (SPIFFE ids). */
  issue(name: string, names: { readonly dns?: readonly string[]; readonly uris?: readonly string[] }): Certificate;
}

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

/** A throw-away authority for one run: ECDSA P-256, valid from yesterday for ten years. Nothing outside the run trusts it. */
export function createAuthority(name: string): CertificateAuthority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = extension(BASIC_CONSTRAINTS, sequence(Buffer.from([0x01, 0x01, 0xff])));
  return {
    cert: certificate(name, name, keys.publicKey, keys.privateKey, [isAuthority]),
    key: pem(keys.privateKey),
    issue(subject, { dns = [], uris = [] }) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const names = sequence(...dns.map((d) => implicit(2, Buffer.from(d))), ...uris.map((u) => implicit(6, Buffer.from(u))));
      return { cert: certificate(name, subject, own.publicKey, keys.privateKey, [extension(SUBJECT_ALTERNATIVE_NAME, names)]), key: pem(own.privateKey) };
    },
  };
}

/** An X.509 v3 certificate in PEM (RFC 5280, section 4.1). */
function certificate(issuer: string, subject: string, publicKey: KeyObject, signer: KeyObject, extensions: readonly Buffer[]): string {
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const day = 24 * 3600 * 1000;
  const validity = sequence(utcTime(new Date(Date.now() - day)), utcTime(new Date(Date.now() + 3650 * day)));
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    algorithm,
    distinguishedName(issuer),
    validity,
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  const whole = sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, signer)));
  return `-----BEGIN CERTIFICATE-----\n${base64Lines(whole)}-----END CERTIFICATE-----\n`;
}

function distinguishedName(name: string): Buffer {
  return sequence(set(sequence(objectId(COMMON_NAME), utf8(name))));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), octetString(value));
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}
