import { jqPath } from '../dump/dump-path.ts';
import { parseJqPath } from '../dump/parse-jq-path.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { TraceAnswer } from './trace-answer.ts';

/**
 * The answer with its places as the dump spells them: the walk names fields as Envoy does (`route_config`), and a dump in camelCase has
 * `routeConfig` there. A place that cannot be looked up stays as it is.
 */
export function spelledPaths(answer: TraceAnswer, proxy: ProxyConfig): TraceAnswer {
  const hops = answer.hops?.map((hop) => {
    const spelled = (path: string): string => spell(proxy, hop.document, path);
    return { ...hop, path: spelled(hop.path), rejected: hop.rejected.map((other) => ({ ...other, path: spelled(other.path) })) };
  });
  const documents = [...new Set((answer.hops ?? []).map((hop) => hop.document))];
  const gap = answer.gap === null ? null : { ...answer.gap, path: documents.reduce((path, document) => spell(proxy, document, path), answer.gap.path) };
  return { ...answer, ...(hops === undefined ? {} : { hops }), gap };
}

function spell(proxy: ProxyConfig, document: string, path: string): string {
  if (!path.includes('_')) return path;
  const steps = parseJqPath(path);
  const place = proxy.around(document, steps)[0]?.find(steps);
  return place === undefined ? path : jqPath(place.path);
}
