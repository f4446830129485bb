import { ObjectShape, type SlotMember } from '../dump/object-shape.ts';
import type { FieldPlan, MemberPlan, PartReading, TypePlan } from './part-plan.ts';

/** A member of a shaped object: where its value goes, and how it is read. */
export interface ShapeNode {
  readonly slot: number;
  /** What it is called in the message; '' for `@type`. */
  readonly name: string;
  readonly oneof: string | undefined;
  readonly plan: FieldPlan | TypePlan | MemberPlan;
  /** Of an object that is gone through with the one around it. */
  readonly within: readonly ShapeNode[] | undefined;
}

/** A message that the kernel goes through at once, with the messages and maps within it. */
export interface PartShape {
  readonly shape: ObjectShape;
  readonly nodes: readonly ShapeNode[];
}

type Entry = readonly [key: string, plan: FieldPlan | TypePlan | MemberPlan];

/**
 * The shape of an object with such members; undefined for one with a list of messages: that is read as it comes, since it mostly has the
 * most bytes of all, which would be gone through twice.
 */
export function partShape(entries: readonly Entry[]): PartShape | undefined {
  if (entries.some(([, plan]) => isList(plan))) return undefined;
  const numbers = { next: 0 };
  const { members, nodes } = membersOf(entries, numbers);
  const shape = new ObjectShape(members, numbers.next);
  return shape.address < 0 ? undefined : { shape, nodes };
}

function membersOf(entries: readonly Entry[], numbers: { next: number }): { readonly members: SlotMember[]; readonly nodes: ShapeNode[] } {
  const members: SlotMember[] = [];
  const nodes: ShapeNode[] = [];
  // A field has an entry for each spelling.
  for (const [name, keys, plan] of byName(entries)) {
    const slot = numbers.next++;
    const inner = innerEntries(plan);
    const within = inner === undefined ? undefined : membersOf(inner, numbers);
    members.push(within === undefined ? { keys, slot } : { keys, slot, within: within.members });
    nodes.push({ slot, name, oneof: 'field' in plan ? plan.field.oneof : undefined, plan, within: within?.nodes });
  }
  return { members, nodes };
}

function byName(entries: readonly Entry[]): (readonly [name: string, keys: string[], plan: Entry[1]])[] {
  const found = new Map<string, readonly [string, string[], Entry[1]]>();
  for (const [key, plan] of entries) {
    const name = nameOf(plan);
    const known = found.get(name);
    if (known === undefined) found.set(name, [name, [key], plan]);
    else known[1].push(key);
  }
  return [...found.values()];
}

function nameOf(plan: Entry[1]): string {
  if ('type' in plan) return '';
  return 'field' in plan ? plan.field.name : plan.key;
}

/** The members of an object that is gone through with the one around it; undefined for other values, and for one with a list of messages. */
function innerEntries(plan: Entry[1]): readonly Entry[] | undefined {
  const reading: PartReading | undefined = 'reading' in plan ? plan.reading : undefined;
  if (reading === undefined || (reading.as !== 'message' && reading.as !== 'members') || ('field' in plan && plan.field.repeated)) return undefined;
  const { entries } = reading.plan;
  return entries.some(([, inner]) => isList(inner)) ? undefined : entries;
}

function isList(plan: Entry[1]): boolean {
  return 'field' in plan && plan.field.repeated && plan.reading.as === 'message';
}
