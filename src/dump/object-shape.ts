import { reserveTable, sharedKernel } from './json-windows.ts';
import { placeKeys } from './key-table.ts';

/** The wanted members of an object and of objects within it, by field name: each has a number of its own, or holds further ones. */
export interface WantedSlots {
  readonly [field: string]: number | WantedSlots;
}

/** An object of which the kernel says at once where each wanted value stands. */
export class ObjectShape {
  /** Of its table in the kernel's memory; -1 where there was no room for it. */
  readonly address: number;
  /** The address of the slots. */
  readonly slots: number;
  /** How many slots there are. */
  readonly count: number;

  /** In: the numbers are those from 0 on below `leaves`. Keys are taken in snake_case and in camelCase. */
  constructor(wanted: WantedSlots, leaves: number) {
    this.count = leaves + objectsIn(wanted);
    this.slots = reserveTable(4 * this.count);
    const inner = reserveTable(4 * this.count);
    this.address = this.slots < 0 || inner < 0 ? -1 : new Placing(inner, leaves).table(wanted);
  }
}

function objectsIn(wanted: WantedSlots): number {
  return Object.values(wanted).reduce<number>((sum, held) => sum + (typeof held === 'number' ? 0 : 1 + objectsIn(held)), 0);
}

/** Lays out the tables of a shape. Objects are numbered behind the leaves; `inner` has the address of each one's table. */
class Placing {
  private readonly inner: number;
  private next: number;

  constructor(inner: number, leaves: number) {
    this.inner = inner;
    this.next = leaves;
  }

  table(wanted: WantedSlots): number {
    const keys = Object.entries(wanted).flatMap(([field, held]) => {
      const number = typeof held === 'number' ? held : this.object(held);
      return number < 0 ? [] : bothCases(field).map((key) => [key, number] as const);
    });
    return placeKeys(keys, this.inner);
  }

  private object(wanted: WantedSlots): number {
    const number = this.next++;
    const { bytes } = sharedKernel().kernel;
    const table = this.table(wanted);
    new DataView(bytes.buffer, bytes.byteOffset).setInt32(this.inner + 4 * number, table, true);
    return number;
  }
}

function bothCases(field: string): readonly string[] {
  const camel = field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camel === field ? [field] : [field, camel];
}
