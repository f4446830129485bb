import type { JsonObject } from '../xds-files.ts';

/**
 * A configuration that stands for itself: one listener and what it needs. Many are put into one Envoy, so names that must not clash
 * carry OWN, and what is known only then (ports, certificates) is written as a placeholder; `deploy` fills them in.
 */
export interface Configuration {
  /** What the generator aimed at, for the reader of a difference. */
  readonly about: string;
  /** Without name and address. */
  readonly listener: JsonObject;
  /** Further listeners, with name and address, that bind no port. */
  readonly others?: readonly JsonObject[];
  /** Route configs that RDS gives; one inline in the listener is not among them. */
  readonly routes: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
  /** Assignments that EDS gives. */
  readonly endpoints?: readonly JsonObject[];
  /** Whether chance has a part in where requests go, so that one look is not enough. */
  readonly random: boolean;
}

/** Prefix of names that belong to one configuration. */
export const OWN = '@own@';
/** The listener's own port, as text: proto3 JSON takes a number in quotes. */
export const OWN_PORT = '@port@';
/** A second port that no other configuration has. */
export const SPARE_PORT = '@spare@';
/** The first three numbers of IPv4 addresses that no other configuration has; nothing is ever sent to them. */
export const OWN_NETWORK = '@network@';
/** The port of an upstream server. */
export const upstreamPort = (index: number): string => `@upstream${index}@`;
export const UPSTREAM_COUNT = 6;
/** PEM texts of the certificate that every TLS listener shows. */
export const CERTIFICATE = '@certificate@';
export const PRIVATE_KEY = '@key@';

export type Placeholders = Readonly<Record<string, string>>;

/** A copy with every placeholder replaced. */
export function fillIn<T>(value: T, placeholders: Placeholders): T {
  const text = JSON.stringify(value).replace(/@[a-z]+\d*@/g, (found) => JSON.stringify(placeholders[found] ?? found).slice(1, -1));
  return JSON.parse(text) as T;
}
