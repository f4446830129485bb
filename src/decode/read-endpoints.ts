import type { ByteSource, ByteSpan } from '../dump/byte-source.ts';
import { JsonReader, LEFT } from '../dump/json-reader.ts';
import { KeyTable } from '../dump/key-table.ts';
import { ObjectShape, type SlotMember } from '../dump/object-shape.ts';
import { RESOURCE_TYPES } from '../dump/resource-shape.ts';
import { canonicalType } from '../dump/type-name.ts';
import type { ClusterLoadAssignment, Locality } from '../model/generated/envoy-api.ts';
import type { PlainAssignment, PlainEndpoint, PlainGroup } from '../model/plain-assignment.ts';
import { partPlan } from './part-plan.ts';
import { PartReader, uint32 } from './read-part.ts';

const TYPE = 0,
  POLICY = 1,
  GROUPS = 2,
  LOCALITY = 3,
  PRIORITY = 4,
  WEIGHT = 5,
  ENDPOINTS = 6;

const OF_ASSIGNMENT = keys(['@type', TYPE], ['policy', POLICY], ['endpoints', GROUPS]);
const OF_GROUP = keys(['locality', LOCALITY], ['priority', PRIORITY], ['load_balancing_weight', WEIGHT], ['lb_endpoints', ENDPOINTS]);

/** The slots of an endpoint's values; the last is for what is to be read with care. */
const HOST = 0,
  PORT = 1,
  HOSTNAME = 2,
  HEALTH = 3,
  HOST_WEIGHT = 4,
  OTHER = 5,
  OBJECTS = 6;

const LB_ENDPOINT = new ObjectShape(
  slotMembers({
    endpoint: {
      address: {
        socket_address: { address: HOST, port_value: PORT, named_port: OTHER },
        pipe: OTHER,
        envoy_internal_address: OTHER,
      },
      hostname: HOSTNAME,
      additional_addresses: OTHER,
    },
    endpoint_name: OTHER,
    health_status: HEALTH,
    load_balancing_weight: HOST_WEIGHT,
  }),
  OBJECTS + 3,
);

const WANTED_LOCALITY = { region: true, zone: true, sub_zone: true, subZone: true } as const;
const WANTED_POLICY = {
  overprovisioning_factor: true,
  overprovisioningFactor: true,
  weighted_priority_health: true,
  weightedPriorityHealth: true,
} as const;

/** The slot of a field, or what is wanted within it. */
interface Slots {
  readonly [field: string]: number | Slots;
}

function slotMembers(fields: Slots, numbers = { next: OBJECTS }): SlotMember[] {
  return Object.entries(fields).map(([field, held]) => {
    const keys = bothCases(field);
    return typeof held === 'number' ? { keys, slot: held } : { keys, slot: numbers.next++, within: slotMembers(held, numbers) };
  });
}

function bothCases(field: string): readonly string[] {
  const camel = field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camel === field ? [field] : [field, camel];
}

function keys(...fields: readonly (readonly [string, number])[]): KeyTable<number> {
  return new KeyTable(fields.flatMap(([field, number]) => bothCases(field).map((key) => [key, number] as const)));
}

/**
 * The endpoints of an assignment, read straight from the bytes of a dump: a large dump has a hundred thousand of them. Undefined where
 * something in it is not as nearly always: another kind of address, a repeated key, a value that its field does not take.
 */
export function readEndpoints(source: ByteSource, span: ByteSpan): PlainAssignment | undefined {
  try {
    return new EndpointReader(new JsonReader(source, span)).assignment();
  } catch (error) {
    if (error === LEFT) return undefined;
    throw error;
  }
}

/** What was read last at such places: states and names come again and again. */
let lastType = '';
let lastHealth = '';

class EndpointReader {
  private readonly reader: JsonReader;
  private readonly parts: PartReader;

  constructor(reader: JsonReader) {
    this.reader = reader;
    this.parts = new PartReader(reader);
  }

  assignment(): PlainAssignment {
    const { reader } = this;
    let policy: ClusterLoadAssignment['policy'];
    let groups: PlainGroup[] | undefined;
    reader.entersObject();
    for (let found = reader.member(OF_ASSIGNMENT, true); found !== undefined; found = reader.member(OF_ASSIGNMENT, false)) {
      if (found === TYPE) this.checkType();
      else if (found === POLICY && policy === undefined) policy = this.parts.message(partPlan(`${RESOURCE_TYPES.endpoint}.Policy`, WANTED_POLICY));
      else if (found === GROUPS && groups === undefined) groups = this.groups();
      else throw LEFT;
    }
    return { policy, groups: groups ?? [] };
  }

  private groups(): PlainGroup[] {
    const { reader } = this;
    const groups: PlainGroup[] = [];
    if (!reader.entersList()) return groups;
    do groups.push(this.group());
    while (reader.hasElement());
    return groups;
  }

  private group(): PlainGroup {
    const { reader } = this;
    let locality: Locality | undefined;
    let priority: number | undefined;
    let weight: number | undefined;
    let endpoints: readonly PlainEndpoint[] | undefined;
    reader.entersObject();
    for (let found = reader.member(OF_GROUP, true); found !== undefined; found = reader.member(OF_GROUP, false)) {
      if (found === LOCALITY && locality === undefined) locality = this.locality();
      else if (found === PRIORITY && priority === undefined) priority = uint32(reader.scalar());
      else if (found === WEIGHT && weight === undefined) weight = uint32(reader.scalar());
      else if (found === ENDPOINTS && endpoints === undefined) endpoints = this.endpoints();
      else throw LEFT;
    }
    return { locality, priority, weight, endpoints: endpoints ?? [] };
  }

  private locality(): Locality {
    return this.parts.message(partPlan('envoy.config.core.v3.Locality', WANTED_LOCALITY));
  }

  private endpoints(): PlainEndpoint[] {
    const { reader } = this;
    const endpoints: PlainEndpoint[] = [];
    if (!reader.entersList()) return endpoints;
    do endpoints.push(this.lbEndpoint());
    while (reader.hasElement());
    return endpoints;
  }

  private lbEndpoint(): PlainEndpoint {
    const { reader } = this;
    if (!reader.extract(LB_ENDPOINT) || reader.slotByte(LB_ENDPOINT, OTHER) !== 0) throw LEFT;
    const health = this.text(HEALTH, lastHealth);
    if (health !== undefined) lastHealth = health;
    return {
      host: this.text(HOST) ?? '',
      port: this.number(PORT) ?? 0,
      hostname: this.text(HOSTNAME) ?? '',
      health,
      weight: this.number(HOST_WEIGHT),
    };
  }

  private text(slot: number, likely = ''): string | undefined {
    return this.reader.slotByte(LB_ENDPOINT, slot) === 0 ? undefined : this.reader.slotText(LB_ENDPOINT, slot, likely);
  }

  private number(slot: number): number | undefined {
    return this.reader.slotByte(LB_ENDPOINT, slot) === 0 ? undefined : uint32(this.reader.slotScalar(LB_ENDPOINT, slot));
  }

  private checkType(): void {
    const url = this.reader.text(lastType);
    if (url === lastType) return;
    if (canonicalType(url) !== RESOURCE_TYPES.endpoint) throw LEFT;
    lastType = url;
  }
}
