/** Yes, no, or not to be told from a dump, with what it would take to tell. */
export type Ternary = boolean | { readonly unknown: readonly string[] };

export const unknown = (what: string): Ternary => ({ unknown: [what] });

/** No as soon as one part says no. */
export function all(parts: Iterable<Ternary>): Ternary {
  return fold(parts, false);
}

/** Yes as soon as one part says yes. */
export function any(parts: Iterable<Ternary>): Ternary {
  return fold(parts, true);
}

export function not(part: Ternary): Ternary {
  return typeof part === 'boolean' ? !part : part;
}

function fold(parts: Iterable<Ternary>, decisive: boolean): Ternary {
  const open: string[] = [];
  for (const part of parts) {
    if (part === decisive) return decisive;
    if (typeof part === 'object') open.push(...part.unknown);
  }
  return open.length > 0 ? { unknown: [...new Set(open)] } : !decisive;
}
