import { KINDS } from '../compare/compare-proxies.ts';
import { Failure } from '../dump/failure.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { ResourceKind } from '../model/resource.ts';
import { nearestNames } from '../query/nearest-names.ts';
import { textPattern } from '../query/text-pattern.ts';

const KIND_WORDS: Readonly<Record<string, ResourceKind>> = {
  listener: 'listener',
  route: 'route_config',
  'route-config': 'route_config',
  'scoped-route': 'scoped_routes',
  cluster: 'cluster',
  endpoint: 'endpoint',
  secret: 'secret',
  ecd: 'ecds',
  bootstrap: 'bootstrap',
};

/** The kinds of --kind, in the plural or singular. Throws Failure PC1011 for one that there is not. */
export function kindsOf(texts: readonly string[]): ReadonlySet<ResourceKind> {
  const words = texts.flatMap((text) => text.split(',')).map((text) => text.trim().toLowerCase().replaceAll('_', '-'));
  return new Set(
    words.map((word) => {
      const kind = KIND_WORDS[word.replace(/s$/, '')] ?? KINDS.find((known) => known === word);
      if (kind !== undefined) return kind;
      const near = nearestNames(word, Object.keys(KIND_WORDS))[0];
      const next = `one of: listeners, routes, scoped-routes, clusters, endpoints, secrets, ecds, bootstrap`;
      throw new Failure({ id: 'PC1011', what: `--kind ${word} is no kind of resource${near === undefined ? '' : `; did you mean ${near}?`}`, next });
    }),
  );
}

/** Which resources the flags ask for. Throws Failure PC1011 where the name matches none on either side. */
export function wantsOf(
  kinds: ReadonlySet<ResourceKind>,
  name: string | undefined,
  a: ProxyConfig,
  b: ProxyConfig,
): (kind: ResourceKind, name: string) => boolean {
  const isKind = (kind: ResourceKind): boolean => kinds.size === 0 || kinds.has(kind);
  if (name === undefined) return isKind;
  const names = [a, b].flatMap((proxy) => namesOf(proxy).flatMap(([kind, list]) => (isKind(kind) ? list : [])));
  const pattern = patternOf(name, names);
  if (!names.some((text) => pattern.matches(text))) {
    const near = nearestNames(name, names).slice(0, 3);
    throw new Failure({
      id: 'PC1011',
      what: `--name ${name} matches none of ${new Set(names).size} resources on either side`,
      ...(near.length === 0 ? {} : { next: `nearest: ${near.join(', ')}` }),
    });
  }
  return (kind, own) => isKind(kind) && pattern.matches(own);
}

function patternOf(text: string, names: readonly string[]): ReturnType<typeof textPattern> {
  try {
    return textPattern(text, names);
  } catch (cause) {
    throw new Failure({ id: 'PC1011', what: `--name ${text} is not a regular expression: ${(cause as Error).message}`, cause });
  }
}

function namesOf(proxy: ProxyConfig): readonly (readonly [ResourceKind, readonly string[]])[] {
  const lists: Readonly<Record<Exclude<ResourceKind, 'bootstrap'>, readonly { readonly name: string }[]>> = {
    listener: proxy.listeners,
    route_config: proxy.routeConfigs,
    scoped_routes: proxy.scopedRoutes,
    cluster: proxy.clusters,
    endpoint: proxy.endpoints,
    secret: proxy.secrets,
    ecds: proxy.ecds,
  };
  return Object.entries(lists).map(([kind, list]) => [kind as ResourceKind, list.map((resource) => resource.name)] as const);
}
