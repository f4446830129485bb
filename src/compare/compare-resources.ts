import { encodeMessage } from '../decode/encode-message.ts';
import { maskSecrets } from '../dump/mask-secrets.ts';
import type { Message } from '../model/message.ts';
import type { Resource, ResourceKind } from '../model/resource.ts';
import type { Change, JsonObject, PatchOperation, Step } from './change.ts';
import { compareMessages } from './compare-messages.ts';
import { withoutNoise } from './noise.ts';
import { pairResources } from './pair-resources.ts';
import { sameJsonBytes } from './same-bytes.ts';

/** One resource that is not the same on both sides. */
export interface ResourceDifference {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly status: 'added' | 'removed' | 'changed';
  /** On side A and on side B; undefined where it is not there. */
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
  /** What changed within it; none where it stands on one side alone. Secret values are masked. */
  readonly changes: readonly Change[];
  /** Places where only a secret differs, which is not shown. */
  readonly secrets: readonly Change[];
  /** What changed in a copy of what is told under a heading of its own. */
  readonly repeats: readonly Change[];
  /** What changed of the entry around it: its state, a rejection, and on demand version and times. */
  readonly entry: readonly { readonly field: string; readonly before: string | undefined; readonly after: string | undefined }[];
  /** RFC 6902, for the proto3 JSON that side A's resource has in `-o json`. */
  readonly patch: readonly PatchOperation[];
}

export interface CompareOptions {
  /** Versions, times and what is generated for one pod count too. */
  readonly all: boolean;
  readonly showSecrets: boolean;
}

/** Pairs the resources of one kind by name and state and compares each pair. `same`: how many pairs do not differ. */
export function compareResources(
  a: readonly Resource[],
  b: readonly Resource[],
  options: CompareOptions,
): { readonly differences: readonly ResourceDifference[]; readonly same: number } {
  const { pairs, onlyA, onlyB } = pairResources(a, b);
  const differences: ResourceDifference[] = [];
  for (const resource of onlyA) differences.push(single('removed', resource, undefined));
  for (const resource of onlyB) differences.push(single('added', undefined, resource));
  let same = 0;
  for (const [before, after] of pairs) {
    const found = comparePair(before, after, options);
    if (found === undefined) same++;
    else differences.push(found);
  }
  return { differences, same };
}

/** The proto3 JSON of a resource, as the patches of a difference take it. */
export function resourceJson(resource: Resource, options: CompareOptions): JsonObject {
  return encodeMessage(resource.type, shown(resource, options));
}

function single(status: 'added' | 'removed', before: Resource | undefined, after: Resource | undefined): ResourceDifference {
  const one = (before ?? after) as Resource;
  return { kind: one.kind, name: one.name, status, before, after, changes: [], secrets: [], repeats: [], entry: [], patch: [] };
}

function comparePair(before: Resource, after: Resource, options: CompareOptions): ResourceDifference | undefined {
  const entry = entryChanges(before, after, options);
  const isSame = sameJsonBytes(before.raw(), after.raw());
  const { changes, patch, secrets } = isSame ? NOTHING : compareValues(before, after, options);
  if (entry.length + changes.length + secrets.length === 0) return undefined;
  return { kind: after.kind, name: after.name, status: 'changed', before, after, changes, secrets, repeats: [], entry, patch };
}

const NOTHING = { changes: [], patch: [], secrets: [] } as const;

function compareValues(before: Resource, after: Resource, options: CompareOptions): Pick<ResourceDifference, 'changes' | 'patch' | 'secrets'> {
  const cleaned = (resource: Resource): Message => (options.all ? resource.value : withoutNoise(resource.kind, resource.value));
  const [was, is] = [cleaned(before), cleaned(after)];
  const full = compareMessages(after.type, was, is);
  if (options.showSecrets) return { ...full, secrets: [] };
  const [maskedWas, maskedIs] = [maskSecrets(was), maskSecrets(is)];
  if (maskedWas === was && maskedIs === is) return { changes: full.changes, patch: full.patch, secrets: [] };
  const masked = compareMessages(after.type, maskedWas, maskedIs);
  const seen = new Set(masked.changes.map(({ steps }) => stepsKey(steps)));
  // Only the place of a secret is told.
  const secrets = full.changes.filter(({ steps }) => !seen.has(stepsKey(steps))).map((change) => ({ ...change, before: undefined, after: undefined }));
  return {
    changes: masked.changes,
    patch: masked.patch,
    secrets: secrets.map((change) => ({ ...change, steps: maskedSteps(change.steps), around: undefined })),
  };
}

/** The value as it may be shown. */
function shown(resource: Resource, options: CompareOptions): Message {
  const value = options.all ? resource.value : withoutNoise(resource.kind, resource.value);
  return options.showSecrets ? value : maskSecrets(value);
}

function maskedSteps(steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => (step.kind === 'element' ? { ...step, value: maskSecrets(step.value) } : step));
}

function stepsKey(steps: readonly Step[]): string {
  return steps.map((step) => (step.kind === 'element' ? step.index : step.name)).join('/');
}

function entryChanges(before: Resource, after: Resource, { all }: CompareOptions): ResourceDifference['entry'] {
  const fields: readonly (readonly [field: string, of: (resource: Resource) => string | undefined])[] = [
    ['state', (r) => r.state],
    ['rejected update', (r) => r.rejection?.details],
    ...(all
      ? ([
          ['version', (r: Resource) => r.version],
          ['last updated', (r: Resource) => r.lastUpdated],
          ['client status', (r: Resource) => r.clientStatus],
        ] as const)
      : []),
  ];
  return fields.flatMap(([field, of]) => (of(before) === of(after) ? [] : [{ field, before: of(before), after: of(after) }]));
}
