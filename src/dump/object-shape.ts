import { reserveTable, sharedKernel } from './json-windows.ts';
import { placeKeys } from './key-table.ts';

/** A wanted member of an object: the keys that it may stand under, the number of its slot, and, where it is an object, its own wanted members. */
export interface SlotMember {
  readonly keys: readonly string[];
  readonly slot: number;
  readonly within?: readonly SlotMember[];
}

/** An object of which the kernel says at once where each wanted value stands, and those of the objects within it. */
export class ObjectShape {
  /** Of its table in the kernel's memory; -1 where there was no room for it. */
  readonly address: number;
  /** The address of the slots. */
  readonly slots: number;
  /** How many slots there are. */
  readonly count: number;

  /** In: the slots are those from 0 on below `count`, each of one member. */
  constructor(members: readonly SlotMember[], count: number) {
    this.count = count;
    this.slots = count > MAX_SLOTS ? -1 : reserveTable(4 * count);
    const inner = this.slots < 0 ? -1 : reserveTable(4 * count);
    this.address = inner < 0 ? -1 : placeMembers(members, inner);
  }
}

/** The kernel gives the number of a slot in eight bits, with two more meanings. */
const MAX_SLOTS = 250;

/** Lays out the tables of an object and of those within it; `inner` has the address of each one's table by its slot. Out: -1 where there is no room. */
function placeMembers(members: readonly SlotMember[], inner: number): number {
  for (const { slot, within } of members) {
    if (within === undefined) continue;
    const table = placeMembers(within, inner);
    if (table < 0) return table;
    const { bytes } = sharedKernel().kernel;
    new DataView(bytes.buffer, bytes.byteOffset).setInt32(inner + 4 * slot, table, true);
  }
  return placeKeys(
    members.flatMap(({ keys, slot }) => keys.map((key) => [key, slot] as const)),
    inner,
  );
}
