import { closestNames } from '../closest-names.ts';
import { list, plural, quoted } from '../words.ts';
import { broken, type Judgement, mended, unknown } from './judgement.ts';
import { type KubeObject, objectName, objectsOf, textOf } from './kube-object.ts';
import { holders, knowsKind, type ObjectSet, ofKind, serviceEntriesOf, serviceOf } from './object-set.ts';
import { containerPorts, isReadyPod, podsOf, targetPort, whyNoPods } from './pods-behind.ts';
import type { ProxyIdentity } from './proxy-identity.ts';
import { hiddenByExport, hiddenBySidecar } from './visibility.ts';

/**
 * Tells whether a host and port is one that the proxy should know, by Service and ServiceEntry: not there, hidden (exportTo, Sidecar),
 * without this port; and whether anything stands behind it: pods of its selector, ready, with its targetPort.
 */
export function judgeService(subject: string, host: string, port: number | undefined, set: ObjectSet, identity: ProxyIdentity): Judgement {
  const owners = [serviceOf(host, set), ...serviceEntriesOf(host, set)].filter((owner) => owner !== undefined);
  if (owners.length === 0) return nobody(subject, host, set);
  const hidden = owners.map((owner) => ({ owner, why: hiddenByExport(owner, identity) ?? hiddenBySidecar(host, owner.namespace, set, identity) }));
  const visible = hidden.filter(({ why }) => why === undefined).map(({ owner }) => owner);
  if (visible.length === 0) return broken(subject, ...hidden.map(({ owner, why }) => `${objectName(owner)} is not seen by this proxy: ${why}`));
  if (port === undefined) return mended(subject, `${objectName(visible[0] as KubeObject)} (${visible[0]?.from}) is for ${host}`);
  const owner = visible.find((one) => portOf(one, port) !== undefined);
  if (owner === undefined) return broken(subject, ...visible.map((one) => lacksPort(one, port)));
  return behind(subject, owner, port, set);
}

function nobody(subject: string, host: string, set: ObjectSet): Judgement {
  const isOfCluster = host.endsWith('.svc.cluster.local');
  if (!knowsKind(set, 'Service') && !knowsKind(set, 'ServiceEntry')) {
    const read = set.isApplied ? 'Services could not be read' : 'there is no Service among them';
    return broken(subject, `${holders(set)} no Service or ServiceEntry for host ${host} (${read}, so that it may well exist)`);
  }
  const names = [
    ...ofKind(set, 'Service').map((object) => `${object.name}.${object.namespace}.svc.cluster.local`),
    ...ofKind(set, 'ServiceEntry').flatMap((object) => objectHosts(object)),
  ];
  const [near] = closestNames(host, names, Math.max(3, Math.ceil(host.length / 5)));
  const next = isOfCluster ? '' : '; a host outside of the cluster needs a ServiceEntry where the mesh is REGISTRY_ONLY';
  return broken(subject, `${holders(set)} no Service or ServiceEntry for host ${host}${near === undefined ? next : `; the nearest is ${quoted(near)}`}`);
}

const objectHosts = (object: KubeObject): readonly string[] => (Array.isArray(object.spec['hosts']) ? object.spec['hosts'].map(String) : []);

type Port = ReturnType<typeof objectsOf>[number];

function portOf(owner: KubeObject, port: number): Port | undefined {
  return objectsOf(owner.spec['ports']).find((own) => Number(own['port'] ?? own['number']) === port);
}

function lacksPort(owner: KubeObject, wanted: number): string {
  const ports = objectsOf(owner.spec['ports']);
  const numbers = ports.map((own) => `${own['port'] ?? own['number']}${textOf(own['name']) === '' ? '' : ` (${textOf(own['name'])})`}`);
  const target = ports.find((own) => Number(own['targetPort']) === wanted);
  const hint =
    target === undefined ? '' : `; ${wanted} is the targetPort of its port ${target['port']}: routes name the port of the Service, ${target['port']}`;
  return `${objectName(owner)} has no port ${wanted}; it has ${list(numbers) || 'none'}${hint}`;
}

/** What stands behind a Service that the proxy should know. */
function behind(subject: string, owner: KubeObject, port: number, set: ObjectSet): Judgement {
  const own = portOf(owner, port) as Port;
  const has = `${objectName(owner)} (${owner.from}) has port ${port}`;
  if (owner.kind !== 'Service') return mended(subject, entryText(has, owner));
  const none = whyNoPods(owner, set);
  if (none !== undefined) return broken(subject, `${has}, and ${none}`);
  const ready = podsOf(owner, set).filter((pod) => isReadyPod(pod, set));
  if (ready.length === 0) return unknown(subject, `${has}; whether pods stand behind it cannot be told without Pods among the objects`);
  const named = ready.filter((pod) => targetPort(own, pod) !== undefined);
  if (named.length === 0) {
    const names = [...new Set(ready.flatMap(containerPorts).map((one) => `${one.name || '(unnamed)'} ${one.port}`))];
    const there = names.length === 0 ? 'none of theirs has a name' : `they have ${list(names)}`;
    return broken(subject, `${has}, and its targetPort ${quoted(String(own['targetPort']))} is no port of its pods; ${there}`);
  }
  return mended(subject, `${has}; ${plural(named.length, 'ready pod')} of its selector`);
}

function entryText(has: string, entry: KubeObject): string {
  const resolution = textOf(entry.spec['resolution']) || 'NONE';
  const endpoints = objectsOf(entry.spec['endpoints']).length;
  return resolution === 'STATIC' ? `${has}, resolution STATIC with ${plural(endpoints, 'endpoint')}` : `${has}, resolution ${resolution}`;
}

/**
 * A port that no container of the pods names, while each names others: the connection will most likely be refused. Undefined where that
 * cannot be said: a container may well listen on ports that it does not name.
 */
export function unopenedTarget(host: string, port: number, set: ObjectSet): string | undefined {
  const service = serviceOf(host, set);
  const own = service === undefined ? undefined : portOf(service, port);
  if (service === undefined || own === undefined || own['targetPort'] === undefined) return undefined;
  const pods = podsOf(service, set).filter((pod) => containerPorts(pod).length > 0);
  const target = Number(own['targetPort']);
  if (pods.length === 0 || Number.isNaN(target) || pods.some((pod) => containerPorts(pod).some((one) => one.port === target))) return undefined;
  const there = [...new Set(pods.flatMap(containerPorts).map((one) => one.port))];
  return `${objectName(service)} sends port ${port} to targetPort ${target}; its pods name ${list(there.map(String))}: nothing may listen there (503 UF at the last proxy)`;
}
