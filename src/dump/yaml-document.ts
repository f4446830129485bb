import { isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments, type Scalar } from 'yaml';
import type { ByteSource } from './byte-source.ts';
import { Failure } from './failure.ts';
import { MAX_NESTING } from './json-outline.ts';
import { JsonNumber, type JsonValue, setMember } from './json-value.ts';
import { placeAt } from './place.ts';

/** YAML is read as a whole, and its tree takes some fifty times the text. */
const MAX_YAML = 1 << 25;
const MAX_ALIASES = 1000;

/**
 * The documents of a YAML text as JSON values, empty ones left out. Numbers keep their digits; anchors and merge keys are resolved.
 * In: a source and the offset of its first byte. Throws Failure PC1005, PC1006, PC1018 or PC1037.
 */
export function jsonOfYaml(source: ByteSource, from: number): readonly JsonValue[] {
  if (source.size > MAX_YAML) {
    throw new Failure({
      id: 'PC1037',
      what: `${source.label} is YAML of ${Math.round(source.size / 2 ** 20)} MiB, more than pc reads as YAML (${MAX_YAML / 2 ** 20} MiB)`,
      place: source.label,
      next: 'convert it first: yq -o json',
    });
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(source.read(from, source.size));
  const place = (offset: number): string => placeAt(source, from + new TextEncoder().encode(text.slice(0, offset)).length);
  const values: JsonValue[] = [];
  try {
    for (const document of parseAllDocuments(text, { intAsBigInt: true, merge: true, version: '1.2', logLevel: 'silent' })) {
      const [error] = document.errors;
      if (error !== undefined && /^Maximum (?:call stack|nesting)/i.test(error.message)) throw tooDeep(source);
      if (error !== undefined) throw yamlFailure(error.code === 'DUPLICATE_KEY', firstLine(error.message), place(error.pos[0]));
      let aliases = 0;
      const jsonOf = (node: unknown, level: number): JsonValue => {
        if (level > MAX_NESTING) throw tooDeep(source);
        if (isAlias(node)) {
          // A few aliases of aliases make a document of gigabytes.
          if (++aliases > MAX_ALIASES) throw yamlFailure(false, `more than ${MAX_ALIASES} aliases`, source.label);
          const target = node.resolve(document);
          if (target === undefined) throw yamlFailure(false, `no anchor of the name ${node.source}`, place(node.range?.[0] ?? 0));
          return jsonOf(target, level + 1);
        }
        if (isSeq(node)) return node.items.map((item) => jsonOf(item, level + 1));
        if (isMap(node)) {
          const object: Record<string, JsonValue> = {};
          for (const pair of node.items) {
            const key = isScalar(pair.key) ? keyText(pair.key) : String(pair.key);
            if (key !== '<<') setMember(object, key, jsonOf(pair.value, level + 1));
            else
              for (const merged of mergedOf(jsonOf(pair.value, level + 1)))
                for (const [name, value] of Object.entries(merged)) if (!Object.hasOwn(object, name)) setMember(object, name, value);
          }
          return object;
        }
        if (isPair(node)) return jsonOf(node.value, level + 1);
        return isScalar(node) ? scalarJson(node) : null;
      };
      const value = document.contents === null ? null : jsonOf(document.contents, 0);
      if (value !== null) values.push(value);
    }
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(source);
    throw error;
  }
  return values;
}

function scalarJson(scalar: Scalar): JsonValue {
  const { value, source } = scalar;
  if (typeof value === 'bigint') return numberJson(value.toString());
  if (typeof value === 'number') return Number.isFinite(value) ? numberJson(jsonDigits(source, value)) : String(source ?? value);
  if (typeof value === 'boolean' || value === null) return value;
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  return value instanceof Date ? (source ?? value.toISOString()) : String(value ?? '');
}

/** The digits as the text has them, where JSON would write them so; else as JSON writes the number. */
function jsonDigits(source: string | undefined, value: number): string {
  return source !== undefined && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(source) ? source : String(value);
}

function numberJson(digits: string): number | JsonNumber {
  const value = Number(digits);
  return String(value) === digits ? value : new JsonNumber(digits);
}

function keyText(key: Scalar): string {
  return key.source ?? String(key.value);
}

function mergedOf(value: JsonValue): readonly object[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item): item is object => typeof item === 'object' && item !== null && !Array.isArray(item));
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}

function yamlFailure(repeated: boolean, what: string, place: string): Failure {
  if (repeated)
    return new Failure({ id: 'PC1005', what: 'a key stands twice in one map', place, next: 'keep one of the two; programs differ in which one they believe' });
  return new Failure({ id: 'PC1018', what: `neither JSON nor YAML: ${what}`, place, next: 'look at the file there' });
}

function tooDeep(source: ByteSource): Failure {
  return new Failure({
    id: 'PC1006',
    what: `the YAML is nested deeper than ${MAX_NESTING} levels`,
    place: source.label,
    next: 'no Envoy writes such a file: check where it comes from',
  });
}
