import { KeyTable } from '../dump/key-table.ts';
import type { WantedMembers } from '../dump/wanted-members.ts';
import { type PartShape, partShape } from './part-shape.ts';
import { type FieldSchema, messageSchema } from './schema.ts';

/** How the value of a wanted field is read. */
export type PartReading =
  | { readonly as: 'text' }
  | { readonly as: 'bool' }
  | { readonly as: 'uint32' }
  | { readonly as: 'message'; readonly plan: PartPlan }
  /** Some members of a map or a Struct, whose keys are data. */
  | { readonly as: 'members'; readonly plan: MembersPlan }
  /** The JSON value as it is: within a Struct. */
  | { readonly as: 'json' }
  /** The whole field, by the decoder of whole messages. */
  | { readonly as: 'whole' };

export interface FieldPlan {
  readonly field: FieldSchema;
  readonly reading: PartReading;
}

/** Of the outermost message `@type` is read too: it may name another one. */
export interface TypePlan {
  readonly type: string;
  /** The last type URL that names this type. */
  last: string;
}

export interface MemberPlan {
  readonly key: string;
  readonly reading: PartReading;
}

/** The wanted members of an object. What the kernel needs for it is made when the first such object is read. */
class ObjectPlan<T extends FieldPlan | TypePlan | MemberPlan> {
  /** By the keys that they may stand under. */
  readonly entries: readonly (readonly [string, T])[];
  private table: KeyTable<T> | undefined;
  private known: PartShape | undefined | null = null;

  constructor(entries: readonly (readonly [string, T])[]) {
    this.entries = entries;
  }

  /** For going through the object one member at a time. */
  get keys(): KeyTable<T> {
    this.table ??= new KeyTable(this.entries);
    return this.table;
  }

  /** For going through it at once; undefined where that does not do. */
  get shape(): PartShape | undefined {
    if (this.known === null) this.known = partShape(this.entries);
    return this.known;
  }
}

/** The wanted fields of a message. */
export type PartPlan = ObjectPlan<FieldPlan | TypePlan>;
/** The wanted members of a map or a Struct. */
export type MembersPlan = ObjectPlan<MemberPlan>;

const plans = new WeakMap<WantedMembers, Map<string, PartPlan>>();
const WHOLE: PartReading = { as: 'whole' };
const TEXT: PartReading = { as: 'text' };
const BOOL: PartReading = { as: 'bool' };
const UINT32: PartReading = { as: 'uint32' };

/** How the wanted fields of a message are read; made once for each. */
export function partPlan(type: string, wanted: WantedMembers): PartPlan {
  const known = plans.get(wanted)?.get(type);
  if (known !== undefined) return known;
  const plan = newPlan(type, wanted);
  plans.set(wanted, (plans.get(wanted) ?? new Map<string, PartPlan>()).set(type, plan));
  return plan;
}

function newPlan(type: string, wanted: WantedMembers): PartPlan {
  return new ObjectPlan<FieldPlan | TypePlan>([['@type', { type, last: '' }], ...fieldsOf(type, wanted)]);
}

function fieldsOf(type: string, wanted: WantedMembers): (readonly [string, FieldPlan])[] {
  const byName = messageSchema(type)?.byName;
  return Object.entries(wanted).flatMap(([key, within]) => {
    const field = byName?.get(key);
    return field === undefined ? [] : [[key, { field, reading: readingOf(field, within) }] as const];
  });
}

function readingOf(field: FieldSchema, within: true | WantedMembers): PartReading {
  const { type } = field;
  if (within !== true && type.kind === 'message') {
    if (type.name === STRUCT) return field.mapKey === undefined ? membersOf(within) : members(within, membersOf);
    const isPlain = field.mapKey === undefined && messageSchema(type.name) !== undefined && within['config'] === undefined;
    if (isPlain) return { as: 'message', plan: new ObjectPlan<FieldPlan | TypePlan>(fieldsOf(type.name, within)) };
  }
  if (field.mapKey !== undefined) return WHOLE;
  if (type.kind === 'enum') return TEXT;
  return SIMPLE[type.name] ?? WHOLE;
}

function members(wanted: WantedMembers, readingWithin: (within: true | WantedMembers) => PartReading): PartReading {
  return { as: 'members', plan: new ObjectPlan(Object.entries(wanted).map(([key, within]) => [key, { key, reading: readingWithin(within) }] as const)) };
}

function membersOf(within: true | WantedMembers): PartReading {
  return within === true ? { as: 'json' } : members(within, membersOf);
}

const STRUCT = 'google.protobuf.Struct';

const SIMPLE: Readonly<Record<string, PartReading>> = {
  string: TEXT,
  'google.protobuf.StringValue': TEXT,
  bool: BOOL,
  'google.protobuf.BoolValue': BOOL,
  uint32: UINT32,
  'google.protobuf.UInt32Value': UINT32,
};
