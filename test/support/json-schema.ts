/** What of JSON Schema (2020-12) docs/schema uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly [note: string]: unknown;
}

const KNOWN = new Set([
  'type',
  'const',
  'enum',
  'required',
  'properties',
  'items',
  'oneOf',
  'minimum',
  'maximum',
  '$ref',
  '$defs',
  '$schema',
  '$id',
  'title',
  'description',
]);

/** What in a value is not as its schema says: `$.rows[0].port: is a string, not integer`. Throws for a keyword that is not known here. */
export function schemaErrors(value: unknown, schema: Schema, root: Schema = schema, at = '$'): string[] {
  for (const key of Object.keys(schema)) if (!KNOWN.has(key)) throw new Error(`the schema uses ${key}`);
  const errors: string[] = [];
  if (schema.$ref !== undefined) {
    const target = schema.$ref === '#' ? root : root.$defs?.[schema.$ref.replace('#/$defs/', '')];
    return target === undefined ? [`${at}: ${schema.$ref} is not defined`] : schemaErrors(value, target, root, at);
  }
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOfType(value, type)))
    return [`${at}: is ${JSON.stringify(value)}, not ${[schema.type].flat().join(' or ')}`];
  if ('const' in schema && value !== schema.const) errors.push(`${at}: is ${JSON.stringify(value)}, not ${JSON.stringify(schema.const)}`);
  if (schema.enum && !schema.enum.includes(value)) errors.push(`${at}: ${JSON.stringify(value)} is none of ${JSON.stringify(schema.enum)}`);
  if (typeof value === 'number' && value < (schema.minimum ?? value)) errors.push(`${at}: ${value} is below ${schema.minimum}`);
  if (typeof value === 'number' && value > (schema.maximum ?? value)) errors.push(`${at}: ${value} is above ${schema.maximum}`);
  if (schema.oneOf) {
    const found = schema.oneOf.map((option) => schemaErrors(value, option, root, at));
    if (found.filter((option) => option.length === 0).length !== 1) errors.push(...(found.toSorted((a, b) => a.length - b.length)[0] ?? []));
  }
  if (Array.isArray(value) && schema.items)
    for (const [i, element] of value.entries()) errors.push(...schemaErrors(element, schema.items, root, `${at}[${i}]`));
  if (isOfType(value, 'object')) {
    const object = value as Record<string, unknown>;
    for (const key of schema.required ?? []) if (!(key in object)) errors.push(`${at}: ${key} is missing`);
    for (const [key, member] of Object.entries(schema.properties ?? {}))
      if (key in object) errors.push(...schemaErrors(object[key], member, root, `${at}.${key}`));
  }
  return errors;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
