import { ENUM_LINES, MESSAGE_LINES } from './generated/schema-data.ts';

/** A field as the .proto files under proto/ declare it. */
export interface FieldSchema {
  readonly number: number;
  /** The proto name, snake_case as a rule. */
  readonly name: string;
  /** proto3 JSON's name, lowerCamelCase. */
  readonly jsonName: string;
  readonly repeated: boolean;
  /** The key's scalar type where the field is a map. */
  readonly mapKey: string | undefined;
  readonly type: FieldType;
  readonly oneof: string | undefined;
}

export type FieldType =
  | { readonly kind: 'scalar'; readonly name: string }
  | { readonly kind: 'enum'; readonly name: string }
  | { readonly kind: 'message'; readonly name: string };

export interface MessageSchema {
  /** Full name without a leading dot: `envoy.config.route.v3.RouteMatch`. */
  readonly name: string;
  /** In the order of the .proto file. */
  readonly fields: readonly FieldSchema[];
  /** By proto name and by JSON name; fields that v3 dropped also by the name that hid them for a while. */
  readonly byName: Pick<ReadonlyMap<string, FieldSchema>, 'get'>;
  readonly byNumber: ReadonlyMap<number, FieldSchema>;
}

export interface EnumSchema {
  readonly numbers: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<number, string>;
}

const messages = new Map<string, MessageSchema>();
const enums = new Map<string, EnumSchema>();
let messageLines: ReadonlyMap<string, string> | undefined;
let enumLines: ReadonlyMap<string, string> | undefined;

/** The schema of a v3 message, parsed at its first use; undefined for a type that proto/ does not hold. */
export function messageSchema(name: string): MessageSchema | undefined {
  const known = messages.get(name);
  if (known) return known;
  messageLines ??= splitLines(MESSAGE_LINES);
  const line = messageLines.get(name);
  if (line === undefined) return undefined;
  const legacy = messageLines.get(`envoy.api.v2.legacy.${name.slice(name.lastIndexOf('.') + 1)}`);
  const isV2Heir = legacy !== undefined && V2_HEIRS.has(name);
  const own = parseFields(line);
  const taken = new Set(own.map((f) => f.number));
  const fields = isV2Heir ? [...own, ...parseFields(legacy).filter((f) => !taken.has(f.number))] : own;
  const schema = new ParsedMessage(name, fields, isV2Heir);
  messages.set(name, schema);
  return schema;
}

/** What is rarely asked for is made when it is: most dumps write proto names, in JSON. */
class ParsedMessage implements MessageSchema {
  readonly name: string;
  readonly fields: readonly FieldSchema[];
  readonly byName = { get: (key: string) => this.byProtoName.get(key) ?? this.otherNames().get(key) };
  private readonly byProtoName: ReadonlyMap<string, FieldSchema>;
  private readonly isV2Heir: boolean;
  private others: ReadonlyMap<string, FieldSchema> | undefined;
  private numbers: ReadonlyMap<number, FieldSchema> | undefined;

  constructor(name: string, fields: readonly FieldSchema[], isV2Heir: boolean) {
    this.name = name;
    this.fields = fields;
    this.isV2Heir = isV2Heir;
    this.byProtoName = new Map(fields.map((field) => [field.name, field]));
  }

  get byNumber(): ReadonlyMap<number, FieldSchema> {
    this.numbers ??= new Map(this.fields.map((field) => [field.number, field]));
    return this.numbers;
  }

  private otherNames(): ReadonlyMap<string, FieldSchema> {
    this.others ??= new Map([...this.fields].reverse().flatMap((field) => namesBeside(field, this.isV2Heir).map((key) => [key, field] as const)));
    return this.others;
  }
}

/** Envoy 1.14 to 1.18 showed fields that v3 dropped in v3 messages under a longer name. */
function namesBeside({ name, jsonName }: FieldSchema, isV2Heir: boolean): readonly string[] {
  const hidden = `hidden_envoy_deprecated_${name}`;
  return isV2Heir ? [jsonName, hidden, lowerCamel(hidden)] : [jsonName];
}

/** The schema of an enum; undefined for one that proto/ does not hold. */
export function enumSchema(name: string): EnumSchema | undefined {
  const known = enums.get(name);
  if (known) return known;
  enumLines ??= splitLines(ENUM_LINES);
  const line = enumLines.get(name);
  if (line === undefined) return undefined;
  const pairs = line.split(';').map((p): [string, number] => {
    const [text = '', number = '0'] = p.split('=');
    return [text, Number(number)];
  });
  const names = new Map<number, string>();
  for (const [text, number] of pairs) if (!names.has(number)) names.set(number, text);
  const schema: EnumSchema = { numbers: new Map(pairs), names };
  enums.set(name, schema);
  return schema;
}

/** The v3 messages that carry the fields v3 dropped from their v2 forebears (proto/envoy/api/v2/legacy.proto). */
const V2_HEIRS: ReadonlySet<string> = new Set([
  'envoy.config.cluster.v3.Cluster',
  'envoy.config.listener.v3.Listener',
  'envoy.config.listener.v3.FilterChain',
  'envoy.config.listener.v3.Filter',
  'envoy.config.listener.v3.ListenerFilter',
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter',
  'envoy.config.core.v3.TransportSocket',
  'envoy.config.accesslog.v3.AccessLog',
  'envoy.config.route.v3.RouteMatch',
  'envoy.config.route.v3.HeaderMatcher',
  'envoy.config.route.v3.QueryParameterMatcher',
  'envoy.config.route.v3.VirtualHost',
  'envoy.config.route.v3.Route',
  'envoy.config.route.v3.WeightedCluster.ClusterWeight',
  'envoy.config.route.v3.RouteAction',
  'envoy.config.route.v3.CorsPolicy',
]);

function splitLines(text: string): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  for (const line of text.split('\n')) {
    const bar = line.indexOf('|');
    if (bar > 0) lines.set(line.slice(0, bar), line.slice(bar + 1));
  }
  return lines;
}

function parseFields(line: string): FieldSchema[] {
  return line === '' ? [] : line.split(';').map(parseField);
}

function parseField(text: string): FieldSchema {
  const [number = '', name = '', label = '', type = '', oneof] = text.split(' ');
  const mark = type[0];
  return {
    number: Number(number),
    name,
    get jsonName() {
      return lowerCamel(name);
    },
    repeated: label === '*',
    mapKey: label === '.' || label === '*' ? undefined : label,
    type: mark === '+' ? { kind: 'message', name: type.slice(1) } : mark === '=' ? { kind: 'enum', name: type.slice(1) } : { kind: 'scalar', name: type },
    oneof: oneof?.slice(1),
  };
}

const camelNames = new Map<string, string>();

/** protoc's rule for JSON names: each underscore goes, the letter behind it becomes a capital. */
function lowerCamel(name: string): string {
  const known = camelNames.get(name);
  if (known !== undefined) return known;
  const camel = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  camelNames.set(name, camel);
  return camel;
}
