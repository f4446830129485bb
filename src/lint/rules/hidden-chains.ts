import { jqPath } from '../../dump/dump-path.ts';
import { type Cidr, cidrKey, parseCidr } from '../../match/cidr.ts';
import type { CidrRange, FilterChainMatch } from '../../model/generated/envoy-api.ts';
import type { Finding } from '../finding.ts';
import type { LintContext, PlacedChain } from '../lint-context.ts';

type Match = FilterChainMatch;
/** The values of one criterion as texts, in Envoy's order of criteria; an empty list takes everything. */
type Criterion = (match: Match) => readonly string[];

const rangeText = (range: CidrRange): string => {
  const cidr = parseCidr(range);
  return cidr === undefined ? `${range.address_prefix}` : cidrKey(cidr);
};
const some = (value: string | undefined): readonly string[] => (value === undefined || value === '' ? [] : [value]);

const CRITERIA: readonly Criterion[] = [
  (m) => some(m.destination_port === undefined ? undefined : String(m.destination_port)),
  (m) => (m.prefix_ranges ?? []).map(rangeText),
  (m) => (m.server_names ?? []).map((name) => name.toLowerCase()),
  (m) => some(m.transport_protocol),
  (m) => m.application_protocols ?? [],
  (m) => (m.direct_source_prefix_ranges ?? []).map(rangeText),
  (m) => some(m.source_type === 'ANY' || m.source_type === undefined ? undefined : String(m.source_type)),
  (m) => (m.source_prefix_ranges ?? []).map(rangeText),
  (m) => (m.source_ports ?? []).map(String),
];
const RANGES = 1;
const TRANSPORT = 3;
const SOURCE_TYPE = 6;

/**
 * Filter chains that others hide, since Envoy narrows the chains down criterion by criterion and never goes back: beside one for TLS and one
 * for plain text, a chain that leaves the transport open gets nothing; so with the source type, and with ranges of addresses that longer ones
 * cover as a whole. What the others then refuse is closed, though the hidden chain would take it.
 */
export function* hiddenChains(context: LintContext): Generator<Finding> {
  for (const listener of context.listeners) {
    if (listener.value.filter_chain_matcher !== undefined) continue;
    const chains = context.chains.filter((chain) => chain.listener === listener && !chain.isDefault);
    for (const chain of chains) {
      const others = chains.filter((other) => other !== chain);
      const reason =
        byValues(chain, others, TRANSPORT, ['tls', 'raw_buffer']) ??
        byValues(chain, others, SOURCE_TYPE, ['SAME_IP_OR_LOOPBACK', 'EXTERNAL']) ??
        byRanges(chain, others);
      if (reason !== undefined) yield hidden(chain, reason);
    }
  }
}

const matchOf = (chain: PlacedChain): Match => chain.value.filter_chain_match ?? {};
const nameOf = (chain: PlacedChain): string => `"${chain.value.name || chain.path.at(-1)}"`;

/** Whether every connection that gets to a chain by the criteria before this one gets to the other as well. */
function sharesBefore(chain: PlacedChain, other: PlacedChain, place: number): boolean {
  return CRITERIA.slice(0, place).every((criterion) => {
    const [own, theirs] = [criterion(matchOf(chain)), criterion(matchOf(other))];
    return own.length === 0 ? theirs.length === 0 : own.every((value) => theirs.includes(value));
  });
}

/** A criterion that has these two values only, which others take, and this chain leaves open. */
function byValues(chain: PlacedChain, others: readonly PlacedChain[], place: number, values: readonly [string, string]): string | undefined {
  const criterion = CRITERIA[place] as Criterion;
  if (criterion(matchOf(chain)).length > 0) return undefined;
  const takers = values.map((value) => others.find((other) => criterion(matchOf(other)).includes(value) && sharesBefore(chain, other, place)));
  const [first, second] = takers;
  if (first === undefined || second === undefined) return undefined;
  return `filter chain ${nameOf(first)} takes ${values[0]}, ${nameOf(second)} takes ${values[1]}, and Envoy does not come back from them`;
}

/** Ranges of addresses that the longer ones of others cover as a whole. */
function byRanges(chain: PlacedChain, others: readonly PlacedChain[]): string | undefined {
  const own = matchOf(chain).prefix_ranges ?? [];
  if (own.length === 0) return undefined;
  const takers = others.filter((other) => sharesBefore(chain, other, RANGES) && (matchOf(other).prefix_ranges ?? []).length > 0);
  const ranges = takers.flatMap((other) => (matchOf(other).prefix_ranges ?? []).flatMap((range) => parseCidr(range) ?? []));
  const areCovered = own.every((range) => {
    const wanted = parseCidr(range);
    return (
      wanted !== undefined &&
      coversRange(
        wanted,
        ranges.filter((one) => one.length > wanted.length),
      )
    );
  });
  return areCovered ? `longer ranges of ${[...new Set(takers.map(nameOf))].slice(0, 3).join(', ')} cover all of its addresses` : undefined;
}

/** Whether ranges take every address of this one: one of them does, or both of its halves are covered. */
function coversRange(wanted: Cidr, ranges: readonly Cidr[]): boolean {
  const within = ranges.filter((range) => range.version === wanted.version && range.length >= wanted.length && isWithin(range, wanted));
  if (within.some((range) => range.length === wanted.length)) return true;
  if (within.length < 2) return false;
  const length = wanted.length + 1;
  const upper = wanted.bits | (1n << BigInt((wanted.version === 4 ? 32 : 128) - length));
  return coversRange({ ...wanted, length }, within) && coversRange({ ...wanted, bits: upper, length }, within);
}

function isWithin(range: Cidr, wider: Cidr): boolean {
  const rest = BigInt((wider.version === 4 ? 32 : 128) - wider.length);
  return range.bits >> rest === wider.bits >> rest;
}

function hidden(chain: PlacedChain, reason: string): Finding {
  return {
    id: 'PC2010',
    subject: `${chain.listener.name}/${chain.value.name || chain.path.at(-1)} hidden`,
    facts: { listener: chain.listener.name, chain: chain.value.name || String(chain.path.at(-1)), reason },
    evidence: { document: chain.document, path: jqPath(chain.value.filter_chain_match === undefined ? chain.path : [...chain.path, 'filter_chain_match']) },
  };
}
