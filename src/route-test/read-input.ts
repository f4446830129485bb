import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../dump/json-value.ts';
import type { RouterInput } from './route-test.ts';
import { allow, headerValues, listOf, member, objectOf, textOf, wholeOf, wrong } from './test-fields.ts';

/** Reads `input`; throws Failure PC1023. */
export function readInput(input: JsonObject, place: string): RouterInput {
  const fields = [':authority', 'authority', 'path', ':path', 'method', ':method', 'random_value', 'ssl', 'internal', 'runtime'];
  allow(input, [...fields, 'additional_request_headers', 'additional_response_headers', 'additional_headers', 'dynamic_metadata'], place);
  const authority = textOf(input, 'authority', place) ?? textOf(input, ':authority', place);
  if (authority === undefined) throw wrong('input has no "authority"', place);
  return {
    authority,
    path: textOf(input, 'path', place) ?? textOf(input, ':path', place) ?? '/',
    method: textOf(input, 'method', place) ?? textOf(input, ':method', place) ?? 'GET',
    random: input['random_value'] === undefined && input['randomValue'] === undefined ? 0n : wholeOf(input, 'random_value', place),
    ssl: member(input, 'ssl') === true,
    internal: member(input, 'internal') === true,
    runtime: textOf(input, 'runtime', place) ?? '',
    requestHeaders: [...headerValues(input, 'additional_request_headers', place), ...headerValues(input, 'additional_headers', place)],
    responseHeaders: headerValues(input, 'additional_response_headers', place),
    metadata: metadataOf(listOf(input, 'dynamic_metadata', place), place),
  };
}

/** `dynamic_metadata`: the first value of a namespace stays unless a later one says `allow_overwrite`. */
function metadataOf(entries: readonly JsonValue[], place: string): Record<string, string> {
  const metadata: Record<string, string> = {};
  const seen = new Set<string>();
  for (const entry of entries) {
    const object = objectOf(entry, 'dynamic_metadata', place);
    allow(object, ['metadata_namespace', 'value', 'allow_overwrite'], place);
    const namespace = textOf(object, 'metadata_namespace', place) ?? '';
    if (seen.has(namespace) && member(object, 'allow_overwrite') !== true) continue;
    seen.add(namespace);
    flatten(namespace, member(object, 'value') ?? {}, metadata);
  }
  return metadata;
}

function flatten(key: string, value: JsonValue, into: Record<string, string>): void {
  if (isJsonObject(value)) for (const [name, inner] of Object.entries(value)) flatten(`${key}.${name}`, inner, into);
  else into[key] = value instanceof JsonNumber ? value.text : String(value);
}
