import { Failure } from './failure.ts';
import { JsonNumber, type JsonObject, type JsonValue, setMember } from './json-value.ts';
import { surveyJson } from './survey-json.ts';

/**
 * Parses JSON without losing anything: numbers keep every digit (as JsonNumber where a double would not give them back), `__proto__`
 * is a key like any other, a repeated key is an error and not a silent overwrite.
 *
 * In: the text, for messages a function that turns an offset in it into a place, and its bytes where they are at hand. Throws Failure PC1004 or PC1005.
 */
export function parseJson(text: string, placeOf: (offset: number) => string, bytes: Uint8Array = new TextEncoder().encode(text)): JsonValue {
  const { members, hasOddNumber } = surveyJson(bytes);
  if (!hasOddNumber) {
    try {
      const value = JSON.parse(text) as JsonValue;
      if (countMembers(value) === members) return value;
    } catch {
      // The careful parser below says where and why.
    }
  }
  return new CarefulParser(text, placeOf).document();
}

/** The failure for a key that stands twice in one object. */
export function repeatedKey(key: string, place: string): Failure {
  return new Failure({
    id: 'PC1005',
    what: `the key ${JSON.stringify(key)} stands twice in one object`,
    place,
    next: 'keep one of the two; programs differ in which one they believe',
  });
}

function countMembers(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) if (typeof element === 'object') count += countMembers(element as JsonValue);
    return count;
  }
  for (const key in value) {
    count++;
    const member = (value as JsonObject)[key] as JsonValue;
    if (typeof member === 'object') count += countMembers(member);
  }
  return count;
}

class CarefulParser {
  private at = 0;
  private readonly text: string;
  private readonly placeOf: (offset: number) => string;

  constructor(text: string, placeOf: (offset: number) => string) {
    this.text = text;
    this.placeOf = placeOf;
  }

  document(): JsonValue {
    const value = this.value();
    this.blanks();
    if (this.at < this.text.length) this.fail('text after the end of the value');
    return value;
  }

  private value(): JsonValue {
    this.blanks();
    const c = this.text[this.at];
    if (c === '{') return this.object();
    if (c === '[') return this.array();
    if (c === '"') return this.string();
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  private object(): JsonValue {
    const members: Record<string, JsonValue> = {};
    this.at++;
    this.blanks();
    if (this.text[this.at] === '}') {
      this.at++;
      return members;
    }
    for (;;) {
      this.blanks();
      const keyAt = this.at;
      if (this.text[this.at] !== '"') this.fail('a key in double quotes is missing');
      const key = this.string();
      if (Object.hasOwn(members, key)) throw repeatedKey(key, this.placeOf(keyAt));
      this.blanks();
      if (this.text[this.at] !== ':') this.fail('a colon is missing');
      this.at++;
      setMember(members, key, this.value());
      this.blanks();
      const c = this.text[this.at++];
      if (c === '}') return members;
      if (c !== ',') this.fail('a comma or a closing } is missing', this.at - 1);
    }
  }

  private array(): JsonValue {
    const elements: JsonValue[] = [];
    this.at++;
    this.blanks();
    if (this.text[this.at] === ']') {
      this.at++;
      return elements;
    }
    for (;;) {
      elements.push(this.value());
      this.blanks();
      const c = this.text[this.at++];
      if (c === ']') return elements;
      if (c !== ',') this.fail('a comma or a closing ] is missing', this.at - 1);
    }
  }

  private string(): string {
    const start = this.at++;
    for (; this.at < this.text.length; this.at++) {
      const c = this.text.charCodeAt(this.at);
      if (c === 0x5c) this.at++;
      else if (c === 0x22) {
        this.at++;
        const quoted = this.text.slice(start, this.at);
        try {
          return JSON.parse(quoted) as string;
        } catch {
          this.fail('a string holds a bad escape or a raw control character', start);
        }
      }
    }
    this.fail('a string does not end', start);
  }

  private number(): number | JsonNumber {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (found === null) this.fail(this.at >= this.text.length ? 'the text ends too early' : `an unexpected ${JSON.stringify(this.text[this.at])}`);
    this.at = NUMBER.lastIndex;
    const value = Number(found[0]);
    return String(value) === found[0] ? value : new JsonNumber(found[0]);
  }

  private blanks(): void {
    BLANKS.lastIndex = this.at;
    BLANKS.exec(this.text);
    this.at = BLANKS.lastIndex;
  }

  private fail(what: string, at = this.at): never {
    throw new Failure({ id: 'PC1004', what: `not JSON: ${what}`, place: this.placeOf(at), next: 'look at the file there' });
  }
}

const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANKS = /[ \t\r\n]*/y;
