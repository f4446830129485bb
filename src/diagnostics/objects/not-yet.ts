import type { ProxyConfig } from '../../model/proxy-config.ts';
import type { Resource } from '../../model/resource.ts';
import { quoted } from '../words.ts';
import { type KubeObject, objectName } from './kube-object.ts';

type Section = 'clusters' | 'routeConfigs' | 'listeners';

/**
 * Why a proxy lacks what the objects give it: Envoy rejected it, with its reason; or it is stale: an object is younger than the last change
 * that the proxy took. Else the question for the control plane.
 */
export function whyNotYet(proxy: ProxyConfig, section: Section, isAbout: (name: string) => boolean, causes: readonly KubeObject[]): string {
  const all: readonly Resource[] = proxy[section];
  const rejected = all.find((resource) => resource.rejection !== undefined && isAbout(resource.name));
  if (rejected?.rejection !== undefined) return `Envoy rejected ${rejected.kind.replace('_', ' ')} ${quoted(rejected.name)}: ${rejected.rejection.details}`;
  const newest = all.reduce((time, resource) => (resource.lastUpdated !== undefined && resource.lastUpdated > time ? resource.lastUpdated : time), '');
  const young = causes.find((object) => object.created !== '' && newest !== '' && Date.parse(object.created) > Date.parse(newest));
  if (young !== undefined)
    return `${objectName(young)} is of ${young.created}, and the last change that this dump has of its ${section === 'routeConfigs' ? 'routes' : section} is of ${newest}: it is stale; take a fresh one, or see pc status`;
  return 'the control plane has not sent it (pc status, istioctl proxy-status), or this dump is older than the objects';
}
