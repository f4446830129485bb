import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../dump/json-value.ts';
import { EXPECT_FIELDS, type Expect, type Wanted } from './route-test.ts';
import { wrong } from './test-fields.ts';

/** Reads `expect`; throws Failure PC1023. */
export function readExpect(expect: JsonObject, place: string): Expect {
  const fields: Record<string, Wanted> = {};
  for (const [key, value] of Object.entries(expect)) {
    const field = EXPECT_FIELDS.find((known) => known === key);
    if (field === undefined) throw wrong(`"expect" has no field ${key}; it has ${EXPECT_FIELDS.join(', ')}`, place);
    fields[field] = wantedOf(value, field, place);
  }
  if (Object.keys(fields).length === 0) throw wrong('"expect" asks for nothing', place);
  return fields;
}

function wantedOf(value: JsonValue, field: string, place: string): Wanted {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((element) => scalarOf(element, field, place));
  if (!isJsonObject(value)) return scalarOf(value, field, place);
  const shares = Object.entries(value).map(([key, share]): [string, number] => {
    const percent = share instanceof JsonNumber ? Number(share.text) : share;
    if (typeof percent !== 'number') throw wrong(`the share of ${key} under ${field} is not a number of percent`, place);
    return [key, percent];
  });
  return { shares: Object.fromEntries(shares) };
}

function scalarOf(value: JsonValue, field: string, place: string): string | number | null {
  if (value instanceof JsonNumber) return Number(value.text);
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw wrong(`${field} is to be a text, a number, a list of these, or shares in percent`, place);
}
