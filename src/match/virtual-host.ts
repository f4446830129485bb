import type { RouteConfiguration, VirtualHost } from '../model/generated/envoy-api.ts';
import { asciiLower } from './string-matcher.ts';

/** How a virtual host was found. */
export interface VirtualHostMatch {
  readonly virtualHost: VirtualHost;
  /** Its position in `virtual_hosts`. */
  readonly index: number;
  readonly domain: string;
  readonly by: 'exact' | 'suffix wildcard' | 'prefix wildcard' | 'default';
}

type Entry = { readonly index: number; readonly domain: string };

/**
 * The virtual hosts of a route configuration, indexed by domain. An exact domain beats every wildcard; of the suffix wildcards
 * (`*.foo.com`) the longest wins, then of the prefix wildcards (`foo.*`), then `*`; declaration order never counts. A wildcard stands
 * for at least one character. Source: source/common/router/config_impl.cc RouteMatcher::findVirtualHost, findWildcardVirtualHost.
 */
export class VirtualHostIndex {
  private readonly exact = new Map<string, Entry>();
  private readonly suffixes = new WildcardIndex((host, length) => host.slice(host.length - length));
  private readonly prefixes = new WildcardIndex((host, length) => host.slice(0, length));
  private fallback: Entry | undefined;
  private readonly virtualHosts: readonly VirtualHost[];
  private readonly ignorePort: boolean;

  constructor(routeConfig: RouteConfiguration) {
    this.virtualHosts = routeConfig.virtual_hosts ?? [];
    this.ignorePort = routeConfig.ignore_port_in_host_matching === true;
    this.virtualHosts.forEach((virtualHost, index) => {
      for (const domain of virtualHost.domains ?? []) this.add(asciiLower(domain), { index, domain });
    });
  }

  /**
   * The virtual host for an authority; undefined where none serves it. In: the authority as the router sees it; undefined where the
   * request lacks the header that the route config takes it from. Where `*` is the only domain, nothing is looked at.
   */
  find(authority: string | undefined): VirtualHostMatch | undefined {
    if (this.isOpen) return this.fallback && this.match(this.fallback, 'default');
    if (authority === undefined) return undefined;
    const host = asciiLower(this.ignorePort ? withoutPort(authority) : authority);
    const exact = this.exact.get(host);
    if (exact) return this.match(exact, 'exact');
    const suffix = this.suffixes.find(host);
    if (suffix) return this.match(suffix, 'suffix wildcard');
    const prefix = this.prefixes.find(host);
    if (prefix) return this.match(prefix, 'prefix wildcard');
    return this.fallback && this.match(this.fallback, 'default');
  }

  /** `*` is the only domain. */
  private get isOpen(): boolean {
    return this.fallback !== undefined && this.exact.size === 0 && this.suffixes.isEmpty && this.prefixes.isEmpty;
  }

  private match(entry: Entry, by: VirtualHostMatch['by']): VirtualHostMatch {
    return { virtualHost: this.virtualHosts[entry.index] as VirtualHost, index: entry.index, domain: entry.domain, by };
  }

  private add(domain: string, entry: Entry): void {
    if (domain === '*') this.fallback ??= entry;
    else if (domain.startsWith('*')) this.suffixes.add(domain.slice(1), entry);
    else if (domain.endsWith('*')) this.prefixes.add(domain.slice(0, -1), entry);
    else if (!this.exact.has(domain)) this.exact.set(domain, entry);
  }
}

/** Wildcard domains by the length of their fixed part, longest first. */
class WildcardIndex {
  private readonly byLength = new Map<number, Map<string, Entry>>();
  private lengths: number[] = [];
  private readonly cut: (host: string, length: number) => string;

  constructor(cut: (host: string, length: number) => string) {
    this.cut = cut;
  }

  get isEmpty(): boolean {
    return this.byLength.size === 0;
  }

  add(fixed: string, entry: Entry): void {
    const group = this.byLength.get(fixed.length) ?? new Map<string, Entry>();
    if (!group.has(fixed)) group.set(fixed, entry);
    this.byLength.set(fixed.length, group);
    this.lengths = [...this.byLength.keys()].sort((a, b) => b - a);
  }

  find(host: string): Entry | undefined {
    for (const length of this.lengths) {
      if (length >= host.length) continue;
      const entry = this.byLength.get(length)?.get(this.cut(host, length));
      if (entry) return entry;
    }
    return undefined;
  }
}

/**
 * Cuts from the last colon, whatever follows it, unless that colon stands inside an IPv6 literal.
 * Source: source/common/http/header_utility.cc HeaderUtility::getPortStart as `ignore_port_in_host_matching` uses it.
 */
export function withoutPort(authority: string): string {
  const colon = authority.lastIndexOf(':');
  if (colon < 0) return authority;
  return authority.lastIndexOf(']') > colon ? authority : authority.slice(0, colon);
}
