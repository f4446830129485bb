import type { ProxyConfig } from '../model/proxy-config.ts';
import type { ResourceKind } from '../model/resource.ts';
import type { Change } from './change.ts';
import type { ResourceDifference } from './compare-resources.ts';

/**
 * A dump shows some things twice: the route config that a listener holds itself also among the route configs, the endpoints that a
 * cluster lists also among the endpoints, static resources also in the bootstrap. Where both sides show them under their own heading, the
 * changes of the copy are set apart as repeats.
 */
export function withRepeatsApart(difference: ResourceDifference, a: ProxyConfig, b: ProxyConfig): ResourceDifference {
  const isRepeat = (change: Change): boolean => [a, b].every((proxy) => showsApart(proxy, difference, change));
  const repeats = difference.changes.filter(isRepeat);
  return repeats.length === 0 ? difference : { ...difference, repeats, changes: difference.changes.filter((change) => !isRepeat(change)) };
}

/** Whether nothing but repeats differs. */
export function isRepeated({ status, changes, secrets, entry }: ResourceDifference): boolean {
  return status === 'changed' && changes.length + secrets.length + entry.length === 0;
}

const STATIC_SECTIONS: Readonly<Record<string, ResourceKind>> = { listeners: 'listener', clusters: 'cluster', secrets: 'secret' };

function showsApart(proxy: ProxyConfig, { kind, name }: ResourceDifference, { steps }: Change): boolean {
  const fields = steps.map((step) => (step.kind === 'field' ? step.name : ''));
  if (kind === 'listener') {
    const at = fields.indexOf('route_config');
    return at >= 0 && at < steps.length - 1 && proxy.routeConfigs.some((config) => config.state === 'static');
  }
  if (kind === 'cluster') return fields[0] === 'load_assignment' && steps.length > 1 && proxy.endpoints.some((e) => e.state === 'static' && e.name === name);
  const section = kind === 'bootstrap' && fields[0] === 'static_resources' ? STATIC_SECTIONS[fields[1] ?? ''] : undefined;
  return section !== undefined && proxy.sections.has(section);
}
