import { bothCases } from '../dump/both-cases.ts';
import { KeyTable } from '../dump/key-table.ts';
import { ObjectShape, type SlotMember } from '../dump/object-shape.ts';

/** The members of an assignment, and of a group of its endpoints. */
export const TYPE = 0,
  POLICY = 1,
  GROUPS = 2,
  LOCALITY = 3,
  PRIORITY = 4,
  WEIGHT = 5,
  ENDPOINTS = 6;

/** The slots of an endpoint's values; the last is for what is to be read with care. */
export const HOST = 0,
  PORT = 1,
  HOSTNAME = 2,
  HEALTH = 3,
  HOST_WEIGHT = 4,
  OTHER = 5;

/** Slots of objects on the way to those values: so many from OBJECTS on. */
const OBJECTS = 6,
  OBJECT_COUNT = 3;

/** The slots of a locality's values. */
export const REGION = 0,
  ZONE = 1,
  SUB_ZONE = 2;

/** What the kernel looks for in an assignment, in a group of its endpoints, in a group's locality, in an endpoint. */
export interface EndpointTables {
  readonly assignment: KeyTable<number>;
  readonly group: KeyTable<number>;
  readonly locality: ObjectShape;
  readonly endpoint: ObjectShape;
}

let tables: EndpointTables | undefined;

/** Laid out in the kernel's memory when they are first asked for: most commands never do. */
export function endpointTables(): EndpointTables {
  tables ??= {
    assignment: keys(['@type', TYPE], ['policy', POLICY], ['endpoints', GROUPS]),
    group: keys(['locality', LOCALITY], ['priority', PRIORITY], ['load_balancing_weight', WEIGHT], ['lb_endpoints', ENDPOINTS]),
    locality: new ObjectShape(slotMembers({ region: REGION, zone: ZONE, sub_zone: SUB_ZONE }), SUB_ZONE + 1),
    endpoint: new ObjectShape(
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
      OBJECTS + OBJECT_COUNT,
    ),
  };
  return tables;
}

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

function keys(...fields: readonly (readonly [string, number])[]): KeyTable<number> {
  return new KeyTable(fields.flatMap(([field, number]) => bothCases(field).map((key) => [key, number] as const)));
}
