import { type CreateNodeOptions, type DocumentOptions, type ScalarTag, type SchemaOptions, stringify, type ToStringOptions } from 'yaml';
import { JsonNumber, type JsonObject, type JsonValue } from '../dump/json-value.ts';

/** A number that a double cannot hold is written with the digits that it was read with. */
const exactNumber: ScalarTag = {
  identify: (value) => value instanceof JsonNumber,
  default: true,
  tag: 'tag:yaml.org,2002:float',
  resolve: (text) => new JsonNumber(text),
  test: /^(?!)/,
  stringify: ({ value }) => (value as JsonNumber).text,
};

const OPTIONS: DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions = {
  customTags: (tags) => [exactNumber, ...tags],
  version: '1.1',
  lineWidth: 0,
  aliasDuplicateObjects: false,
  indentSeq: false,
};

/** Writes a value as YAML. `sorted` puts keys in alphabetical order, as istioctl does. */
export function yamlText(value: JsonValue, sorted = false): string {
  return stringify(sorted ? withSortedKeys(value) : value, OPTIONS);
}

/** A YAML list written element by element. */
export function* yamlArrayText(elements: Iterable<JsonValue>, sorted = false): Generator<string> {
  let isEmpty = true;
  for (const element of elements) {
    isEmpty = false;
    yield yamlText([element], sorted);
  }
  if (isEmpty) yield '[]\n';
}

function withSortedKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return value;
  const object = value as JsonObject;
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, withSortedKeys(object[key] as JsonValue)]),
  );
}
