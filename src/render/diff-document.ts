import type { Change } from '../compare/change.ts';
import { changeWords } from '../compare/change-words.ts';
import type { ProxyDifference } from '../compare/compare-proxies.ts';
import type { CompareOptions, ResourceDifference } from '../compare/compare-resources.ts';
import { resourceJson } from '../compare/compare-resources.ts';
import { stepsPath } from '../compare/place-words.ts';
import { jqPath } from '../dump/dump-path.ts';
import type { JsonValue } from '../dump/json-value.ts';

/** The differences as a document, version 1: docs/diff.md describes it. */
export function diffDocument(difference: ProxyDifference, labels: readonly [a: string, b: string], options: CompareOptions): JsonValue {
  return {
    version: 1,
    a: labels[0],
    b: labels[1],
    differs: differs(difference),
    counts: difference.counts.map((count) => ({ ...count })),
    not_compared: difference.notCompared.map(({ what, missingIn }) => ({ what, missing_in: missingIn.toLowerCase() })),
    resources: difference.resources.map((resource) => resourceDocument(resource, options)),
    health: difference.health.map(({ cluster, address, before, after }) => ({ cluster, address, before: before ?? null, after: after ?? null })),
  };
}

/** Whether anything differs. */
export function differs({ resources, health }: ProxyDifference): boolean {
  return resources.length + health.length > 0;
}

function resourceDocument(resource: ResourceDifference, options: CompareOptions): JsonValue {
  const { kind, name, status, before, after } = resource;
  return {
    kind,
    name,
    status,
    state: { before: before?.state ?? null, after: after?.state ?? null },
    place: {
      a: before === undefined ? null : `${before.document} ${jqPath(before.path)}`,
      b: after === undefined ? null : `${after.document} ${jqPath(after.path)}`,
    },
    entry: resource.entry.map((change) => ({ field: change.field, before: change.before ?? null, after: change.after ?? null })),
    changes: [
      ...resource.changes.map((change) => changeDocument(change, {})),
      ...resource.repeats.map((change) => changeDocument(change, { repeats: true })),
      ...resource.secrets.map((change) => ({ path: jqPath(stepsPath(change.steps)), secret: true })),
    ],
    patch: status === 'changed' ? resource.patch.map((operation) => ({ ...operation })) : lonePatch(resource, options),
  };
}

/** A resource that is new is added as a whole, one that is gone removed: the pointer '' is the resource itself. */
function lonePatch({ after }: ResourceDifference, options: CompareOptions): JsonValue {
  return after === undefined ? [{ op: 'remove', path: '' }] : [{ op: 'add', path: '', value: resourceJson(after, options) }];
}

function changeDocument(change: Change, more: { readonly repeats?: true }): JsonValue {
  const { within, text } = changeWords(change);
  const encoded = (value: unknown): JsonValue => (value === undefined ? null : change.encode(value));
  return {
    kind: change.kind,
    path: jqPath(stepsPath(change.steps)),
    text: [...within, text].join(' › '),
    before: encoded(change.before),
    after: encoded(change.after),
    ...(change.moved === undefined ? {} : { moved: { ...change.moved } }),
    ...more,
  };
}
