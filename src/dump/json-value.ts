/** A number whose digits a double cannot hold or would write differently (`12345678901234567890`, `1.0`): kept as the text has it. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  valueOf(): number {
    return Number(this.text);
  }
}

/** A value of JSON text. */
export type JsonValue = null | boolean | number | JsonNumber | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** True for a JSON object (not null, not an array, not a JsonNumber). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

/** The member of a table under a key that comes from outside: `constructor` and its like are no members. */
export function ownMember<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Sets a member under any key, `__proto__` included (plain assignment to that one would set the prototype). */
export function setMember(target: object, key: string | symbol, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
