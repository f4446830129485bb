import { encodeField, encodeSingle } from '../decode/encode-message.ts';
import { type FieldSchema, type FieldType, type MessageSchema, messageSchema } from '../decode/schema.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../dump/json-value.ts';
import { canonicalType } from '../dump/type-name.ts';
import { type Any, DERIVED, KEPT, type Message } from '../model/message.ts';
import { canonicalJson, canonicalText, canonicalValue, isSpelledOut } from './canonical-text.ts';
import type { Around, Change, MessageDifference, PatchOperation, Step } from './change.ts';
import { listOrder } from './list-order.ts';
import { listPatch, pointerStep } from './list-patch.ts';
import { movedPairs, type Pairing, pairElements } from './pair-elements.ts';
import { isDefault, snakeKey } from './values.ts';

/**
 * What differs in meaning between two decoded messages of one type: key case, order of keys and of sets, and defaults that are spelled
 * out make no difference. Nothing that differs is left out: fields that no schema knows are compared as JSON.
 */
export function compareMessages(type: string, before: Message, after: Message): MessageDifference {
  const walk = new Comparison();
  walk.message(type, before, after, '', []);
  return walk;
}

class Comparison implements MessageDifference {
  readonly changes: Change[] = [];
  readonly patch: PatchOperation[] = [];
  private around: Around | undefined;

  message(type: string, before: Message, after: Message, at: string, steps: readonly Step[]): void {
    const schema = messageSchema(canonicalType(type));
    if (schema === undefined) {
      this.json(before, after, at, steps, true);
      return;
    }
    const outer = this.around;
    this.around = { before, after, outer };
    // First, since a member of a wrong type may stand where the field itself is to come.
    this.members(before[KEPT] ?? {}, after[KEPT] ?? {}, at, steps, true, (key) => writtenKey(schema, before, key));
    const [was, is] = [before[DERIVED], after[DERIVED]];
    for (const field of schema.fields) {
      if (was !== undefined && is !== undefined && isSpelledOut(field.name)) this.spelledOut(schema, field, was, is, after, at, steps);
      else this.field(schema, field, setValue(before, field), setValue(after, field), at, steps);
    }
    this.around = outer;
  }

  /** JSON that is read as a message of its own is compared as that; a patch replaces it as a whole, since its keys are data. */
  private spelledOut(schema: MessageSchema, field: FieldSchema, before: Any, after: Any, written: Message, outer: string, above: readonly Step[]): void {
    const inner = new Comparison();
    inner.around = this.around;
    inner.any(before, after, '', [...above, { kind: 'field', name: field.name, of: schema.name }]);
    if (inner.changes.length === 0) return;
    this.changes.push(...inner.changes);
    this.patch.push({ op: 'replace', path: outer + pointerStep(field.jsonName), value: encodeField(field, setValue(written, field)) });
  }

  private field(schema: MessageSchema, field: FieldSchema, before: unknown, after: unknown, outer: string, above: readonly Step[]): void {
    if (before === undefined && after === undefined) return;
    const at = outer + pointerStep(field.jsonName);
    const steps: readonly Step[] = [...above, { kind: 'field', name: field.name, of: schema.name }];
    if (field.repeated) this.list(schema.name, field, (before ?? []) as unknown[], (after ?? []) as unknown[], at, steps, before !== undefined);
    else if (before === undefined || after === undefined) this.replaced(before, after, at, steps, (value) => encodeField(field, value));
    else if (field.mapKey !== undefined) this.map(field.type, before as JsonObject, after as JsonObject, at, steps);
    else this.single(field.type, before, after, at, steps);
  }

  private single(type: FieldType, before: unknown, after: unknown, at: string, steps: readonly Step[]): void {
    const isMessage = type.kind === 'message' && isJsonObject(before) && isJsonObject(after);
    if (isMessage && type.name === 'google.protobuf.Any') this.any(before, after, at, steps);
    else if (isMessage && !type.name.startsWith('google.protobuf.')) this.message(type.name, before as Message, after as Message, at, steps);
    else if (isMessage || Array.isArray(before)) this.json(before, after, at, steps, false);
    else if (canonicalValue(type, before) !== canonicalValue(type, after)) this.replaced(before, after, at, steps, (value) => encodeSingle(type, value));
  }

  private any(before: JsonObject | Any, after: JsonObject | Any, at: string, steps: readonly Step[]): void {
    const [was, is] = [before['@type'], after['@type']];
    const isSameType = typeof was === 'string' && typeof is === 'string' && canonicalType(was) === canonicalType(is);
    if (!isSameType && was !== is) this.replaced(before, after, at, steps, (value) => encodeSingle(ANY, value));
    else if (typeof was === 'string' && messageSchema(canonicalType(was)) !== undefined) this.message(was, before as Message, after as Message, at, steps);
    else this.members(withoutType(before as JsonObject), withoutType(after as JsonObject), at, steps, true, (key) => key);
  }

  private map(type: FieldType, before: JsonObject, after: JsonObject, at: string, above: readonly Step[]): void {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const steps: readonly Step[] = [...above, { kind: 'key', name: key }];
      const place = at + pointerStep(key);
      const [was, is] = [ownOf(before, key), ownOf(after, key)];
      if (was === undefined || is === undefined) this.replaced(was, is, place, steps, (value) => encodeSingle(type, value));
      else this.single(type, was, is, place, steps);
    }
  }

  private list(
    message: string,
    field: FieldSchema,
    a: readonly unknown[],
    b: readonly unknown[],
    at: string,
    above: readonly Step[],
    isPresent: boolean,
  ): void {
    const order = listOrder(message, field.name);
    const content = (element: unknown): string => canonicalValue(field.type, element);
    const inner = (value: unknown, type: string): string => canonicalText(type, value);
    const isMessage = field.type.kind === 'message' && !field.type.name.startsWith('google.protobuf.');
    const ways = isMessage ? order.ways.map((way) => (element: unknown) => way(element as never, inner)) : [];
    const hasWay = ways.length > 0 && [...a, ...b].some((element) => ways.some((way) => way(element) !== undefined));
    const found = pairElements(a, b, hasWay ? [...ways, content] : [], content);
    // What has nothing to be known by stands, in an ordered list, for what was in its place.
    const pairing = order.isSet || (hasWay && isMessage) ? found : pairLeftovers(found);
    const typeName = field.type.name;
    for (const [i, j] of pairing.pairs) {
      const steps: readonly Step[] = [...above, { kind: 'element', value: a[i], type: typeName, index: i }];
      this.single(field.type, a[i], b[j], `${at}/${i}`, steps);
    }
    const element = (value: unknown, index: number): readonly Step[] => [...above, { kind: 'element', value, type: typeName, index }];
    const encode = (value: unknown): JsonValue => encodeSingle(field.type, value);
    for (const i of pairing.onlyA) this.note('removed', element(a[i], i), a[i], undefined, encode);
    for (const j of pairing.onlyB) this.note('added', element(b[j], j), undefined, b[j], encode);
    if (!order.isSet) {
      for (const moved of movedPairs(pairing.pairs)) {
        const [i, j] = pairing.pairs[moved] as readonly [number, number];
        this.changes.push({ kind: 'moved', steps: element(a[i], i), before: a[i], after: b[j], moved: { from: i, to: j }, around: this.around, encode });
      }
    }
    if (!isPresent && b.length > 0) this.patch.push({ op: 'add', path: at, value: encodeField(field, b) });
    else this.patch.push(...listPatch(at, a.length, pairing, order.isSet, (j) => encodeSingle(field.type, b[j])));
  }

  /** JSON that no schema describes: `loose` where its keys are field names, which may be in either spelling. */
  private json(before: unknown, after: unknown, at: string, steps: readonly Step[], loose: boolean): void {
    if (isJsonObject(before) && isJsonObject(after)) this.members(before, after, at, steps, loose, (key) => key);
    else if (canonicalJson(before, loose) !== canonicalJson(after, loose)) this.replaced(before, after, at, steps, (value) => value as JsonValue);
  }

  private members(before: JsonObject, after: JsonObject, at: string, above: readonly Step[], loose: boolean, written: (key: string) => string): void {
    const is = membersOf(after, loose);
    const was = membersOf(before, loose);
    for (const name of new Set([...was.keys(), ...is.keys()])) {
      const [old, now] = [was.get(name), is.get(name)];
      const steps: readonly Step[] = [...above, { kind: 'key', name: old?.key ?? now?.key ?? name }];
      const place = at + pointerStep(written(old?.key ?? now?.key ?? name));
      if (old === undefined || now === undefined) this.replaced(old?.value, now?.value, place, steps, (value) => value as JsonValue);
      else this.json(old.value, now.value, place, steps, loose);
    }
  }

  private replaced(before: unknown, after: unknown, at: string, steps: readonly Step[], encode: (value: unknown) => JsonValue): void {
    this.note(before === undefined ? 'added' : after === undefined ? 'removed' : 'changed', steps, before, after, encode);
    if (after === undefined) this.patch.push({ op: 'remove', path: at });
    // `add` replaces what is there, as a default that was spelled out may be.
    else this.patch.push({ op: before === undefined ? 'add' : 'replace', path: at, value: encode(after) });
  }

  private note(kind: Change['kind'], steps: readonly Step[], before: unknown, after: unknown, encode: Change['encode']): void {
    this.changes.push({ kind, steps, before, after, around: this.around, encode });
  }
}

const ANY: FieldType = { kind: 'message', name: 'google.protobuf.Any' };

function withoutType({ '@type': _, ...fields }: JsonObject): JsonObject {
  return fields;
}

/** The key that encodeMessage writes a kept member under: its own, or the proto name where the field itself stands in JSON's spelling. */
function writtenKey(schema: MessageSchema, message: Message, key: string): string {
  const field = schema.byName.get(key);
  return field !== undefined && field.jsonName === key && (message as Record<string, unknown>)[field.name] !== undefined ? field.name : key;
}

/** A field's value; undefined where it means what an absent field means. */
function setValue(message: Message, field: FieldSchema): unknown {
  const value: unknown = (message as Record<string, unknown>)[field.name];
  if (value === undefined || (!field.repeated && isDefault(field, value))) return undefined;
  return value;
}

function ownOf(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Members by name. null means unset in a message. Two spellings of one name in one object are two names. */
function membersOf(object: JsonObject, loose: boolean): ReadonlyMap<string, { readonly key: string; readonly value: unknown }> {
  const members = new Map<string, { readonly key: string; readonly value: unknown }>();
  for (const [key, value] of Object.entries(object)) {
    if (loose && value === null) continue;
    const name = loose ? snakeKey(key) : key;
    members.set(members.has(name) ? key : name, { key, value });
  }
  return members;
}

function pairLeftovers({ pairs, onlyA, onlyB }: Pairing): Pairing {
  const count = Math.min(onlyA.length, onlyB.length);
  const more = onlyA.slice(0, count).map((i, n): readonly [number, number] => [i, onlyB[n] as number]);
  return { pairs: [...pairs, ...more].sort(([, x], [, y]) => x - y), onlyA: onlyA.slice(count), onlyB: onlyB.slice(count) };
}
