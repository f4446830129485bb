import fc from 'fast-check';

/** Few labels and much overlap, so that several domains of one configuration fit one host. */
const DOMAINS = ['a.com', 'b.a.com', 'c.b.a.com', 'A.com', 'a.com:8080', 'a.com:*', 'a.com.', '[::1]', 'x', '.a.com', 'a.*.com'];
const SUFFIXES = ['*.a.com', '*.b.a.com', '*a.com', '*.com', '*-b.a.com', '*.a.com:8080', '*:8080', '*.x'];
const PREFIXES = ['a.*', 'b.a.*', 'b.*', 'a.com:*', 'c.b.a.*', '[::*'];

export const domain: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...DOMAINS), weight: 5 },
  { arbitrary: fc.constantFrom(...SUFFIXES), weight: 4 },
  { arbitrary: fc.constantFrom(...PREFIXES), weight: 2 },
  { arbitrary: fc.constant('*'), weight: 2 },
);

/** The domains of the virtual hosts of one route config: no domain twice, as Envoy refuses that. */
export const domainsOfHosts: fc.Arbitrary<string[][]> = fc
  .uniqueArray(domain, { minLength: 1, maxLength: 7, size: 'max', selector: (d) => d.toLowerCase() })
  .chain((all) => fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: all.length }).map((sizes) => cut(all, sizes)));

/** Hosts at and around the border of a domain; half of the time one that fits. */
export function hostNear(domain: string): fc.Arbitrary<string> {
  const filled = domain.includes('*') ? ['z', 'z.y', '-b', '', '*'].map((text) => domain.replace('*', text)) : [domain];
  const near = (host: string): string[] => [
    `${host}:8080`,
    `${host}:80`,
    `${host}:`,
    `${host}.`,
    host.toUpperCase(),
    `z.${host}`,
    `${host}x`,
    host.slice(1),
    host.slice(0, -1),
  ];
  return fc.oneof(
    { arbitrary: fc.constantFrom(...filled.slice(0, 3)), weight: 2 },
    { arbitrary: fc.constantFrom(...filled.flatMap(near), ...filled), weight: 1 },
  );
}

function cut(all: readonly string[], sizes: readonly number[]): string[][] {
  const hosts: string[][] = [];
  let from = 0;
  for (const size of sizes) {
    if (from >= all.length) break;
    hosts.push(all.slice(from, from + size));
    from += size;
  }
  return hosts;
}
