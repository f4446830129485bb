import { isJsonObject } from '../../dump/json-value.ts';
import { closestNames } from '../closest-names.ts';
import { list, quoted } from '../words.ts';
import { hasLabels, type KubeObject, listOf, objectName, objectsOf, textsOf } from './kube-object.ts';
import type { ProxyIdentity } from './proxy-identity.ts';

/** Why no virtual host serves a host at this gateway, by the VirtualServices and Gateways of the objects. */
export function judgeHost(authority: string, objects: readonly KubeObject[], identity: ProxyIdentity): readonly string[] {
  const host = authority.replace(/:\d+$/, '').toLowerCase();
  const services = objects.filter((o) => o.kind === 'VirtualService');
  const ours = services.filter((o) => listOf(o.spec['hosts']).some((pattern) => fits(pattern, host)));
  if (ours.length === 0) {
    const known = [...new Set(services.flatMap((o) => listOf(o.spec['hosts'])))];
    const [near] = closestNames(host, known);
    return [`no VirtualService of the objects is for host ${quoted(host)}${near === undefined ? '' : `; the nearest is for ${quoted(near)}`}`];
  }
  const gateways = objects.filter((o) => o.kind === 'Gateway');
  return ours.map((service) => judgeBinding(service, host, gateways, identity));
}

function judgeBinding(service: KubeObject, host: string, gateways: readonly KubeObject[], identity: ProxyIdentity): string {
  const bound = listOf(service.spec['gateways']);
  const name = objectName(service);
  if (bound.length === 0 || bound.every((gateway) => gateway === 'mesh')) return `${name} is for sidecars only: it names no gateway (gateways:)`;
  const reasons: string[] = [];
  for (const reference of bound.filter((gateway) => gateway !== 'mesh')) {
    const [namespace, own] = reference.includes('/') ? reference.split('/') : [service.namespace, reference];
    const gateway = gateways.find((g) => g.namespace === namespace && g.name === own);
    if (gateway === undefined) {
      const [near] = closestNames(
        own ?? '',
        gateways.map((g) => g.name),
        3,
      );
      reasons.push(`the objects hold no Gateway ${namespace}/${own}${near === undefined ? '' : ` (the nearest is ${quoted(near)})`}`);
      continue;
    }
    const selector = textsOf(gateway.spec['selector']);
    if (!hasLabels(identity.labels, selector))
      reasons.push(`${objectName(gateway)} selects other pods (${list(Object.entries(selector).map(([k, v]) => `${k}=${v}`))})`);
    else if (!serves(gateway, host)) reasons.push(`no server of ${objectName(gateway)} has host ${quoted(host)}`);
    else
      return `${name} is bound to ${objectName(gateway)}, which serves ${quoted(host)}: the proxy has not got it yet, or on another port; istioctl proxy-status tells`;
  }
  return `${name} does not reach this proxy: ${list(reasons)}`;
}

function serves(gateway: KubeObject, host: string): boolean {
  return objectsOf(gateway.spec['servers']).some(
    (server) => isJsonObject(server) && listOf(server['hosts']).some((pattern) => fits(pattern.replace(/^.*\//, ''), host)),
  );
}

function fits(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase();
  return wanted === '*' || wanted === host || (wanted.startsWith('*.') && host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1);
}
