import type { ByteSource, ByteSpan } from '../dump/byte-source.ts';
import { JsonReader, LEFT } from '../dump/json-reader.ts';
import type { ObjectShape } from '../dump/object-shape.ts';
import { RESOURCE_TYPES } from '../dump/resource-shape.ts';
import { canonicalType } from '../dump/type-name.ts';
import type { ClusterLoadAssignment, Locality } from '../model/generated/envoy-api.ts';
import type { PlainAssignment, PlainEndpoint, PlainGroup, PlainGroupSettings } from '../model/plain-assignment.ts';
import {
  ENDPOINTS,
  endpointTables,
  GROUPS,
  HEALTH,
  HOST,
  HOST_WEIGHT,
  HOSTNAME,
  LOCALITY,
  OTHER,
  POLICY,
  PORT,
  PRIORITY,
  REGION,
  SUB_ZONE,
  TYPE,
  WEIGHT,
  ZONE,
} from './endpoint-tables.ts';
import { partPlan } from './part-plan.ts';
import { PartReader, uint32 } from './read-part.ts';

const WANTED_POLICY = {
  overprovisioning_factor: true,
  overprovisioningFactor: true,
  weighted_priority_health: true,
  weightedPriorityHealth: true,
} as const;

/**
 * The endpoints of an assignment, read straight from the bytes of a dump: a large dump has a hundred thousand of them. Undefined where
 * something in it is not as nearly always: another kind of address, a repeated key, a value that its field does not take.
 */
export function readEndpoints(source: ByteSource, span: ByteSpan): PlainAssignment | undefined {
  endpoints ??= new EndpointReader(new JsonReader());
  try {
    endpoints.reader.begin(source, span);
    return endpoints.assignment();
  } catch (error) {
    if (error === LEFT) return undefined;
    throw error;
  }
}

/** One is enough: nothing else is read while an assignment is. */
let endpoints: EndpointReader | undefined;

/** The type URL that was read last: of a dump all are the same. */
let lastType = '';

class EndpointReader {
  readonly reader: JsonReader;
  private readonly parts: PartReader;
  private readonly tables = endpointTables();
  private lastLocality: Locality = {};
  private lastSettings: PlainGroupSettings = { locality: undefined, priority: undefined, weight: undefined };

  constructor(reader: JsonReader) {
    this.reader = reader;
    this.parts = new PartReader(reader);
  }

  assignment(): PlainAssignment {
    const { reader, tables } = this;
    let policy: ClusterLoadAssignment['policy'];
    let groups: PlainGroup[] | undefined;
    reader.entersObject();
    for (let found = reader.member(tables.assignment, true); found !== undefined; found = reader.member(tables.assignment, false)) {
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
    const { reader, tables } = this;
    let locality: Locality | undefined;
    let priority: number | undefined;
    let weight: number | undefined;
    let endpoints: readonly PlainEndpoint[] | undefined;
    reader.entersObject();
    for (let found = reader.member(tables.group, true); found !== undefined; found = reader.member(tables.group, false)) {
      if (found === LOCALITY && locality === undefined) locality = this.locality();
      else if (found === PRIORITY && priority === undefined) priority = uint32(reader.scalar());
      else if (found === WEIGHT && weight === undefined) weight = uint32(reader.scalar());
      else if (found === ENDPOINTS && endpoints === undefined) endpoints = this.endpoints();
      else throw LEFT;
    }
    return { settings: this.settings(locality, priority, weight), endpoints: endpoints ?? [] };
  }

  /** Those that were read last, where they are the same: whole meshes have few localities. */
  private settings(locality: Locality | undefined, priority: number | undefined, weight: number | undefined): PlainGroupSettings {
    const last = this.lastSettings;
    if (last.locality === locality && last.priority === priority && last.weight === weight) return last;
    this.lastSettings = { locality, priority, weight };
    return this.lastSettings;
  }

  private locality(): Locality {
    const { reader, tables, lastLocality: last } = this;
    if (!reader.extract(tables.locality)) throw LEFT;
    const region = this.textIn(tables.locality, REGION);
    const zone = this.textIn(tables.locality, ZONE);
    const subZone = this.textIn(tables.locality, SUB_ZONE);
    if (last.region === region && last.zone === zone && last.sub_zone === subZone) return last;
    this.lastLocality = { ...(region !== undefined && { region }), ...(zone !== undefined && { zone }), ...(subZone !== undefined && { sub_zone: subZone }) };
    return this.lastLocality;
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
    const { endpoint } = this.tables;
    if (!reader.extract(endpoint) || reader.slotByte(endpoint, OTHER) !== 0) throw LEFT;
    return {
      host: this.text(HOST) ?? '',
      port: this.number(PORT) ?? 0,
      hostname: this.text(HOSTNAME) ?? '',
      health: this.text(HEALTH),
      weight: this.number(HOST_WEIGHT),
    };
  }

  private text(slot: number): string | undefined {
    return this.textIn(this.tables.endpoint, slot);
  }

  private textIn(shape: ObjectShape, slot: number): string | undefined {
    return this.reader.slotByte(shape, slot) === 0 ? undefined : this.reader.slotText(shape, slot);
  }

  private number(slot: number): number | undefined {
    const { endpoint } = this.tables;
    return this.reader.slotByte(endpoint, slot) === 0 ? undefined : uint32(this.reader.slotScalar(endpoint, slot));
  }

  private checkType(): void {
    const url = this.reader.text();
    if (url === lastType) return;
    if (canonicalType(url) !== RESOURCE_TYPES.endpoint) throw LEFT;
    lastType = url;
  }
}
