import type { ByteSource, ByteSpan } from '../dump/byte-source.ts';
import { LETTER_N, QUOTE } from '../dump/json-bytes.ts';
import { JsonReader, LEFT } from '../dump/json-reader.ts';
import type { ObjectShape } from '../dump/object-shape.ts';
import { canonicalType } from '../dump/type-name.ts';
import type { WantedMembers } from '../dump/wanted-members.ts';
import type { Message } from '../model/message.ts';
import { decodeField } from './decode-message.ts';
import { WRONG } from './decode-scalar.ts';
import { type FieldPlan, type MemberPlan, type MembersPlan, type PartPlan, type PartReading, partPlan, type TypePlan } from './part-plan.ts';
import type { PartShape, ShapeNode } from './part-shape.ts';

/** One is enough: nothing else is read while a message is. */
let parts: PartReader | undefined;

/**
 * Reads only the wanted fields of a message straight from the bytes of a dump, and passes over the rest, which is where most of a
 * resource's bytes are.
 *
 * In: the message's name, its wanted fields in the spellings that may occur, where it stands. Out: what decoding the whole message would
 * give, less what was not wanted; undefined where something stands there that is left to the careful way (a repeated key, a number that a
 * double would change, a value that does not fit the schema, another type, what is not JSON).
 */
export function readPart(type: string, wanted: WantedMembers, source: ByteSource, span: ByteSpan): Message | undefined {
  parts ??= new PartReader(new JsonReader());
  try {
    parts.reader.begin(source, span);
    return parts.message(partPlan(type, wanted));
  } catch (error) {
    if (error === LEFT) return undefined;
    throw error;
  }
}

/** Reads values by their plans where a reader stands. */
export class PartReader {
  readonly reader: JsonReader;

  constructor(reader: JsonReader) {
    this.reader = reader;
  }

  message(plan: PartPlan): Message {
    const { shape } = plan;
    return shape !== undefined && this.reader.extract(shape.shape) ? this.shaped(shape) : this.fields(plan);
  }

  /** One member after the other, as they stand there. */
  private fields({ keys }: PartPlan): Message {
    const { reader } = this;
    const message: Record<string, unknown> = {};
    let oneofs: string[] | undefined;
    reader.entersObject();
    for (let found = reader.member(keys, true); found !== undefined; found = reader.member(keys, false)) {
      if ('type' in found) this.checkType(found, reader.text());
      else if (!this.isNull()) {
        const { name, oneof } = found.field;
        if (message[name] !== undefined || (oneof !== undefined && oneofs?.includes(oneof))) throw LEFT;
        if (oneof !== undefined) oneofs = [...(oneofs ?? []), oneof];
        message[name] = this.field(found);
      }
    }
    return message;
  }

  /** What the reader has gone through at once: first what is read where it stands, then what the reader has to go to. */
  private shaped({ shape, nodes }: PartShape): Message {
    const { reader } = this;
    const behind = reader.offset;
    const later: Later[] = [];
    const message = this.filled(shape, nodes, later);
    for (const { into, node, offset } of later) {
      reader.moveTo(offset);
      if ('field' in node.plan) into[node.name] = this.field(node.plan);
      else if ('reading' in node.plan) into[node.name] = this.single(node.plan.reading);
    }
    if (later.length > 0) reader.moveTo(behind);
    return message;
  }

  private filled(shape: ObjectShape, nodes: readonly ShapeNode[], later: Later[]): Record<string, unknown> {
    const { reader } = this;
    const message: Record<string, unknown> = {};
    let oneofs: string[] | undefined;
    for (const node of nodes) {
      const { slot, name, plan, oneof } = node;
      const first = reader.slotByte(shape, slot);
      // Null leaves a field unset; within a Struct it is a value.
      if (first === 0 || (first === LETTER_N && 'field' in plan && isNull(reader.slotScalar(shape, slot)))) continue;
      if (oneof !== undefined) {
        if (oneofs?.includes(oneof)) throw LEFT;
        oneofs = [...(oneofs ?? []), oneof];
      }
      if (node.within !== undefined) message[name] = this.filled(shape, node.within, later);
      else if ('type' in plan) this.checkType(plan, reader.slotText(shape, slot));
      else if (!this.readInPlace(shape, node, plan, first, message)) later.push({ into: message, node, offset: reader.slotOffset(shape, slot) });
    }
    return message;
  }

  /** Reads the value of a slot where it is a text or a number, and wanted as such. In: its first byte too. Out: false where it is something else. */
  private readInPlace(shape: ObjectShape, { slot, name }: ShapeNode, plan: FieldPlan | MemberPlan, first: number, message: Record<string, unknown>): boolean {
    const { reader } = this;
    const { reading } = plan;
    if ('field' in plan && plan.field.repeated) return false;
    if (reading.as === 'uint32') message[name] = uint32(reader.slotScalar(shape, slot));
    else if (first !== QUOTE) return false;
    else if (reading.as === 'json' || reading.as === 'text') message[name] = reader.slotText(shape, slot);
    else return false;
    return true;
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
        return reader.text();
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

  private members({ keys }: MembersPlan): unknown {
    const { reader } = this;
    const members: Record<string, unknown> = {};
    reader.entersObject();
    for (let found = reader.member(keys, true); found !== undefined; found = reader.member(keys, false)) {
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
    return this.reader.next() === LETTER_N && isNull(this.reader.scalar());
  }

  private checkType(plan: TypePlan, url: string): void {
    if (url === plan.last) return;
    if (canonicalType(url) !== plan.type) throw LEFT;
    plan.last = url;
  }
}

/** A value that is read when the slots are not needed any more. */
interface Later {
  readonly into: Record<string, unknown>;
  readonly node: ShapeNode;
  readonly offset: number;
}

function isNull(value: unknown): true {
  if (value !== null) throw LEFT;
  return true;
}

/** A number as a field of type uint32 takes it; undefined where there is none. */
export function uint32(value: number | boolean | null): number;
export function uint32(value: number | boolean | null | undefined): number | undefined;
export function uint32(value: number | boolean | null | undefined): number | undefined {
  if (value === undefined) return value;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw LEFT;
}
