import { Failure } from '../dump/failure.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { ResourceKind } from '../model/resource.ts';
import { SECTIONS } from '../query/section-names.ts';

/** Throws Failure PC1001 (PC1002 for endpoints) where the input has no section of a kind: which one, and the request to Envoy that gives it. */
export function requireSection(proxy: ProxyConfig, kind: ResourceKind, isThere = proxy.sections.has(kind)): void {
  if (isThere) return;
  const { name, request } = SECTIONS[kind];
  throw new Failure({
    id: kind === 'endpoint' ? 'PC1002' : 'PC1001',
    what: `the input has no ${name} section`,
    place: proxy.label,
    next: `ask the proxy's admin port for ${request} (in an Istio pod: pilot-agent request GET '${request.split(', ')[0]?.slice(1)}')`,
  });
}
