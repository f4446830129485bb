/**
 * Envoy draws one random number for a request and uses it for every runtime_fraction of the route list and for the weighted clusters
 * of the chosen route, each time modulo another number. So these choices are not independent, and their probability is a count.
 * Source: source/common/http/conn_manager_impl.cc (stream_id_ handed to RouteConfiguration::route).
 */

/** `from <= random mod modulus < to`, or its opposite. */
export interface RandomCut {
  readonly modulus: number;
  readonly from: number;
  readonly to: number;
  readonly inside: boolean;
}

/** Whether a drawn number satisfies the cut. */
export function satisfies(random: bigint, cut: RandomCut): boolean {
  const rest = Number(random % BigInt(cut.modulus));
  return (rest >= cut.from && rest < cut.to) === cut.inside;
}

type Interval = readonly [from: number, to: number];

/** The probability that a uniformly drawn number satisfies every cut. Exact for at most two distinct moduli, and for nested ones. */
export function probabilityOf(cuts: readonly RandomCut[]): number {
  const sets = new Map<number, Interval[]>();
  for (const cut of cuts) {
    const before = sets.get(cut.modulus) ?? [[0, cut.modulus]];
    const from = Math.max(0, cut.from);
    const to = Math.min(cut.to, cut.modulus);
    const wanted: Interval[] = cut.inside
      ? [[from, to]]
      : [
          [0, from],
          [to, cut.modulus],
        ];
    sets.set(cut.modulus, intersect(before, wanted));
  }
  const moduli = [...sets.keys()].sort((a, b) => a - b);
  // A modulus that divides another one is counted within it: 100 within 10 000.
  for (let i = 0; i + 1 < moduli.length; i++) {
    const small = moduli[i] as number;
    const large = moduli.slice(i + 1).find((m) => m % small === 0 && m <= 1_000_000);
    if (large === undefined) continue;
    sets.set(large, intersect(sets.get(large) as Interval[], repeat(sets.get(small) as Interval[], small, large)));
    sets.delete(small);
  }
  const [first, second, ...others] = [...sets];
  if (first === undefined) return 1;
  const rest = others.reduce((product, [modulus, set]) => product * (sizeOf(set) / modulus), 1);
  return (second === undefined ? sizeOf(first[1]) / first[0] : jointProbability(first, second)) * rest;
}

function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const out: Interval[] = [];
  for (const [from, to] of a) {
    for (const [otherFrom, otherTo] of b) {
      const start = Math.max(from, otherFrom);
      const end = Math.min(to, otherTo);
      if (start < end) out.push([start, end]);
    }
  }
  return out;
}

function repeat(set: readonly Interval[], modulus: number, upTo: number): Interval[] {
  const out: Interval[] = [];
  for (let base = 0; base < upTo; base += modulus) for (const [from, to] of set) out.push([base + from, base + to]);
  return out;
}

const sizeOf = (set: readonly Interval[]): number => set.reduce((sum, [from, to]) => sum + to - from, 0);

/** Chinese remainder theorem: given the residue modulo the common divisor, the two are independent. */
function jointProbability([m, a]: readonly [number, readonly Interval[]], [n, b]: readonly [number, readonly Interval[]]): number {
  const g = gcd(m, n);
  if (g === 1) return (sizeOf(a) / m) * (sizeOf(b) / n);
  let sum = 0;
  for (let c = 0; c < g; c++) sum += countCongruent(a, c, g) * countCongruent(b, c, g);
  return (sum * g) / (m * n);
}

function countCongruent(set: readonly Interval[], c: number, g: number): number {
  let count = 0;
  for (const [from, to] of set) count += Math.ceil((to - c) / g) - Math.ceil((from - c) / g);
  return count;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
