/** Which element of side A's list is which of side B's, by position; and those without a counterpart. */
export interface Pairing {
  readonly pairs: readonly (readonly [a: number, b: number])[];
  readonly onlyA: readonly number[];
  readonly onlyB: readonly number[];
}

/**
 * Pairs the elements of two lists. In: for each way of telling elements apart, the key of an element (undefined: it has none), the surest
 * way first; and the whole content of an element, by which elements of one key are told apart. Each element is paired at most once.
 */
export function pairElements<T>(
  a: readonly T[],
  b: readonly T[],
  ways: readonly ((element: T) => string | undefined)[],
  content: (element: T) => string,
): Pairing {
  const pairs: [number, number][] = [];
  let openA = a.map((_, i) => i);
  let openB = b.map((_, i) => i);
  for (const way of ways.length === 0 ? [content] : ways) {
    const groups = new Map<string, { readonly inA: number[]; readonly inB: number[] }>();
    const groupOf = (key: string): { readonly inA: number[]; readonly inB: number[] } => {
      const group = groups.get(key) ?? { inA: [], inB: [] };
      groups.set(key, group);
      return group;
    };
    for (const i of openA) {
      const key = way(a[i] as T);
      if (key !== undefined) groupOf(key).inA.push(i);
    }
    for (const i of openB) {
      const key = way(b[i] as T);
      if (key !== undefined) groupOf(key).inB.push(i);
    }
    const paired = [...groups.values()].flatMap(({ inA, inB }) =>
      pairGroup(
        inA,
        inB,
        (i) => content(a[i] as T),
        (i) => content(b[i] as T),
      ),
    );
    pairs.push(...paired);
    const takenA = new Set(paired.map(([i]) => i));
    const takenB = new Set(paired.map(([, i]) => i));
    openA = openA.filter((i) => !takenA.has(i));
    openB = openB.filter((i) => !takenB.has(i));
    if (openA.length === 0 || openB.length === 0) break;
  }
  return { pairs: pairs.sort(([, x], [, y]) => x - y), onlyA: openA, onlyB: openB };
}

/** Elements of one key: equal ones first, the others in their order. */
function pairGroup(inA: readonly number[], inB: readonly number[], contentA: (i: number) => string, contentB: (i: number) => string): [number, number][] {
  if (inA.length === 0 || inB.length === 0) return [];
  if (inA.length === 1 && inB.length === 1) return [[inA[0] as number, inB[0] as number]];
  const pairs: [number, number][] = [];
  const byContent = new Map<string, number[]>();
  for (const i of inB) {
    const text = contentB(i);
    byContent.set(text, [...(byContent.get(text) ?? []), i]);
  }
  const restA: number[] = [];
  for (const i of inA) {
    const same = byContent.get(contentA(i))?.shift();
    if (same === undefined) restA.push(i);
    else pairs.push([i, same]);
  }
  const restB = [...byContent.values()].flat().sort((x, y) => x - y);
  for (let i = 0; i < Math.min(restA.length, restB.length); i++) pairs.push([restA[i] as number, restB[i] as number]);
  return pairs;
}

/** Of pairs in side B's order, those whose order side A does not share: all but a longest run of rising positions. */
export function movedPairs(pairs: readonly (readonly [a: number, b: number])[]): ReadonlySet<number> {
  const tails: number[] = [];
  const before: number[] = [];
  for (let i = 0; i < pairs.length; i++) {
    const position = (pairs[i] as readonly [number, number])[0];
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] as number] as readonly [number, number])[0] < position) low = middle + 1;
      else high = middle;
    }
    before[i] = low === 0 ? -1 : (tails[low - 1] as number);
    tails[low] = i;
  }
  const kept = new Set<number>();
  for (let i = tails.at(-1) ?? -1; i >= 0; i = before[i] as number) kept.add(i);
  return new Set(pairs.map((_, i) => i).filter((i) => !kept.has(i)));
}
