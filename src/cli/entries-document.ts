import { decodeMessage } from '../decode/decode-message.ts';
import { encodeMessage } from '../decode/encode-message.ts';
import { parseJson } from '../dump/json-text.ts';
import type { JsonObject, JsonValue } from '../dump/json-value.ts';
import type { Resource, ResourceState } from '../model/resource.ts';

interface SectionShape {
  /** The list of the section that holds an entry, by its state. */
  readonly lists: Readonly<Partial<Record<ResourceState, string>>>;
  readonly entry: (list: string) => string;
  readonly member: string;
}

const SECRETS = { static: 'staticSecrets', active: 'dynamicActiveSecrets', warming: 'dynamicWarmingSecrets' } as const;

const SHAPES: Readonly<Record<string, SectionShape>> = {
  'envoy.admin.v3.SecretsConfigDump': {
    lists: { ...SECRETS, error: SECRETS.active },
    entry: (list) => `envoy.admin.v3.SecretsConfigDump.${list === SECRETS.static ? 'StaticSecret' : 'DynamicSecret'}`,
    member: 'secret',
  },
  'envoy.admin.v3.EcdsConfigDump': {
    lists: { active: 'ecdsFilters', error: 'ecdsFilters', warming: 'ecdsFilters', static: 'ecdsFilters' },
    entry: () => 'envoy.admin.v3.EcdsConfigDump.EcdsFilterConfig',
    member: 'ecdsFilter',
  },
};

/**
 * The JSON of secrets and of ECDS as istioctl prints it: one section of a config_dump, with the entries around the resources.
 * In: the section's message name, the resources. Out: proto3 JSON; lists that have no entry are left out.
 */
export function entriesDocument(section: string, resources: Iterable<Resource>): JsonObject {
  const shape = SHAPES[section];
  const document: Record<string, JsonValue[]> = {};
  const seen = new Set<string>();
  for (const resource of resources) {
    // An entry whose update was rejected stands behind two resources.
    const place = `${resource.document} ${resource.entryPath.join('/')}`;
    const list = shape?.lists[resource.state];
    if (shape === undefined || list === undefined || seen.has(place)) continue;
    seen.add(place);
    document[list] ??= [];
    document[list].push(entryOf(resource, shape, list));
  }
  return document;
}

function entryOf(resource: Resource, shape: SectionShape, list: string): JsonValue {
  const json = rawEntry(resource);
  if (json !== undefined) return encodeMessage(shape.entry(list), decodeMessage(shape.entry(list), json, resource.entryPath, []));
  return {
    name: resource.name,
    ...(resource.version === undefined ? {} : { versionInfo: resource.version }),
    ...(resource.lastUpdated === undefined ? {} : { lastUpdated: resource.lastUpdated }),
    [shape.member]: { '@type': `type.googleapis.com/${resource.type}`, ...encodeMessage(resource.type, resource.value) },
  };
}

/** The entry of the dump around the resource, where it is one: another producer's may be the bare resource. */
function rawEntry(resource: Resource): JsonValue | undefined {
  const bytes = resource.rawEntry();
  if (bytes.length === 0 || resource.entryPath.length === resource.path.length) return undefined;
  return parseJson(new TextDecoder().decode(bytes), () => resource.document);
}
