const SERVICE_SUFFIXES = ['.svc.cluster.local', '.svc'];

/**
 * The domains of a virtual host in short, as istioctl has them: without those that repeat another one with a port or a longer suffix, at
 * most two, and how many more there are. Where istioctl would show nothing at all (each names a port), the first ones are shown.
 */
export function shortDomains(domains: readonly string[]): string {
  if (domains.length <= 1) return domains[0] ?? '';
  const all = new Set(domains);
  const portless = domains.filter((domain) => !hasPort(domain) || !all.has(withoutPort(domain)));
  const shortest = portless.filter((domain) => !SERVICE_SUFFIXES.some((suffix) => domain.endsWith(suffix) && all.has(domain.slice(0, -suffix.length))));
  const shown = shortest.slice(0, 2).join(', ');
  return shortest.length > 2 ? [shown, '+', shortest.length - 2, 'more...'].join(' ') : shown;
}

function hasPort(domain: string): boolean {
  return /:\d+$/.test(domain) && (!domain.slice(0, domain.lastIndexOf(':')).includes(':') || /\]:\d+$/.test(domain));
}

function withoutPort(domain: string): string {
  return domain.slice(0, domain.lastIndexOf(':'));
}
