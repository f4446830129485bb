import type { ByteSource, ByteSpan } from '../dump/byte-source.ts';
import { JsonReader, LEFT } from '../dump/json-reader.ts';
import type { KeyTable } from '../dump/key-table.ts';
import { canonicalType } from '../dump/type-name.ts';
import type { WantedMembers } from '../dump/wanted-members.ts';
import type { Message } from '../model/message.ts';
import { decodeField } from './decode-message.ts';
import { WRONG } from './decode-scalar.ts';
import { type FieldPlan, type MemberPlan, type PartPlan, type PartReading, partPlan, type TypePlan } from './part-plan.ts';

/** The first letter of null. */
const LETTER_N = 0x6e;

/**
 * Reads only the wanted fields of a message straight from the bytes of a dump, and passes over the rest, which is where most of a
 * resource's bytes are.
 *
 * In: the message's name, its wanted fields in the spellings that may occur, where it stands. Out: what decoding the whole message would
 * give, less what was not wanted; undefined where something stands there that is left to the careful way (a repeated key, a number that a
 * double would change, a value that does not fit the schema, another type, what is not JSON).
 */
export function readPart(type: string, wanted: WantedMembers, source: ByteSource, span: ByteSpan): Message | undefined {
  try {
    return new PartReader(new JsonReader(source, span)).message(partPlan(type, wanted));
  } catch (error) {
    if (error === LEFT) return undefined;
    throw error;
  }
}

/** Reads values by their plans where a reader stands. */
export class PartReader {
  private readonly reader: JsonReader;

  constructor(reader: JsonReader) {
    this.reader = reader;
  }

  message(plan: PartPlan): Message {
    const { reader } = this;
    const message: Record<string, unknown> = {};
    let oneofs: string[] | undefined;
    reader.entersObject();
    for (let found = reader.member(plan, true); found !== undefined; found = reader.member(plan, false)) {
      if ('type' in found) this.checkType(found);
      else if (!this.isNull()) {
        const { name, oneof } = found.field;
        if (message[name] !== undefined || (oneof !== undefined && oneofs?.includes(oneof))) throw LEFT;
        if (oneof !== undefined) oneofs = [...(oneofs ?? []), oneof];
        message[name] = this.field(found);
      }
    }
    return message;
  }

  private field({ field, reading }: FieldPlan): unknown {
    const { reader } = this;
    if (reading.as === 'whole') {
      const decoded = decodeField(field, reader.value());
      if (decoded === WRONG) throw LEFT;
      return decoded;
    }
    if (!field.repeated) return this.single(reading);
    const list: unknown[] = [];
    if (!reader.entersList()) return list;
    do list.push(this.single(reading));
    while (reader.hasElement());
    return list;
  }

  private single(reading: PartReading): unknown {
    const { reader } = this;
    switch (reading.as) {
      case 'text':
        reading.last = reader.text(reading.last);
        return reading.last;
      case 'message':
        return this.message(reading.plan);
      case 'uint32':
        return uint32(reader.scalar());
      case 'bool':
        return this.bool();
      case 'members':
        return this.members(reading.plan);
      default:
        return reader.value();
    }
  }

  private members(plan: KeyTable<MemberPlan>): unknown {
    const { reader } = this;
    const members: Record<string, unknown> = {};
    reader.entersObject();
    for (let found = reader.member(plan, true); found !== undefined; found = reader.member(plan, false)) {
      if (Object.hasOwn(members, found.key) || found.key === '__proto__') throw LEFT;
      members[found.key] = this.single(found.reading);
    }
    return members;
  }

  private bool(): boolean {
    const value = this.reader.scalar();
    if (typeof value === 'boolean') return value;
    throw LEFT;
  }

  /** Whether the value is null, which leaves a field unset; if so, it is behind the reader. */
  private isNull(): boolean {
    if (this.reader.next() !== LETTER_N) return false;
    if (this.reader.scalar() !== null) throw LEFT;
    return true;
  }

  private checkType(plan: TypePlan): void {
    const url = this.reader.text(plan.last);
    if (url === plan.last) return;
    if (canonicalType(url) !== plan.type) throw LEFT;
    plan.last = url;
  }
}

/** A number as a field of type uint32 takes it; undefined where there is none. */
export function uint32(value: number | boolean | null): number;
export function uint32(value: number | boolean | null | undefined): number | undefined;
export function uint32(value: number | boolean | null | undefined): number | undefined {
  if (value === undefined) return value;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw LEFT;
}
