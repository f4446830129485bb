import type { Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { addressText } from '../query/address-text.ts';
import { canonicalText } from './canonical-text.ts';
import { sameJsonBytes } from './same-bytes.ts';

/** Which resource of side A is which of side B's. */
export interface ResourcePairs {
  readonly pairs: readonly (readonly [Resource, Resource])[];
  readonly onlyA: readonly Resource[];
  readonly onlyB: readonly Resource[];
}

/** Pairs the resources of two sides by name and state; what is left, by name alone: a cluster that warmed on one side and serves on the other is one cluster. */
export function pairResources(a: readonly Resource[], b: readonly Resource[]): ResourcePairs {
  const first = pairBy(a, b, (resource) => `${resource.state} ${nameOf(resource)}`);
  const second = pairBy(first.onlyA, first.onlyB, nameOf);
  return { pairs: [...first.pairs, ...second.pairs], onlyA: second.onlyA, onlyB: second.onlyB };
}

/** A resource's name; of a listener without one its address. */
function nameOf(resource: Resource): string {
  return resource.name === '' && resource.kind === 'listener' ? addressText((resource.value as Listener).address) : resource.name;
}

/** Those of one key in their order; among several of one key those of the same content first. */
function pairBy(a: readonly Resource[], b: readonly Resource[], key: (resource: Resource) => string): ResourcePairs {
  const byKey = new Map<string, Resource[]>();
  for (const resource of b) {
    const group = byKey.get(key(resource));
    if (group === undefined) byKey.set(key(resource), [resource]);
    else group.push(resource);
  }
  const pairs: (readonly [Resource, Resource])[] = [];
  const countA = new Map<string, number>();
  for (const resource of a) countA.set(key(resource), (countA.get(key(resource)) ?? 0) + 1);
  const onlyA: Resource[] = [];
  const waiting: Resource[] = [];
  for (const resource of a) {
    const group = byKey.get(key(resource)) ?? [];
    const isOnly = group.length < 2 && (countA.get(key(resource)) ?? 0) < 2;
    const at = isOnly ? group.length - 1 : group.findIndex((other) => hasSameContent(resource, other));
    const [partner] = at < 0 ? [] : group.splice(at, 1);
    if (partner !== undefined) pairs.push([resource, partner]);
    else if (group.length > 0) waiting.push(resource);
    else onlyA.push(resource);
  }
  for (const resource of waiting) {
    const partner = byKey.get(key(resource))?.shift();
    if (partner === undefined) onlyA.push(resource);
    else pairs.push([resource, partner]);
  }
  return { pairs, onlyA, onlyB: [...byKey.values()].flat() };
}

function hasSameContent(a: Resource, b: Resource): boolean {
  return sameJsonBytes(a.raw(), b.raw()) || (a.type === b.type && canonicalText(a.type, a.value) === canonicalText(b.type, b.value));
}
