import type { ByteSpan } from '../dump/byte-source.ts';
import type { DumpPath } from '../dump/dump-path.ts';
import type { FoundPlace } from '../dump/found-place.ts';
import type { ResourceKind, ResourceSeed, ResourceState } from '../dump/resource-seed.ts';
import type { WantedMembers } from '../dump/wanted-members.ts';
import type { Message } from './message.ts';
import type { PlainAssignment } from './plain-assignment.ts';

export type { ResourceKind, ResourceState } from '../dump/resource-seed.ts';

/** One xDS resource of a proxy, decoded when its value is first asked for. */
export interface Resource<T extends Message = Message> {
  readonly kind: ResourceKind;
  /** '' where the dump gives none (an inline route config, say). */
  readonly name: string;
  readonly state: ResourceState;
  /** Its place in the document that `document` names. */
  readonly path: DumpPath;
  /** What the user calls the document. */
  readonly document: string;
  readonly version: string | undefined;
  readonly lastUpdated: string | undefined;
  /** Envoy's ClientResourceStatus, where the dump has it: ACKED, NACKED, REQUESTED … */
  readonly clientStatus: string | undefined;
  readonly rejection: ResourceSeed['rejection'];
  /** The decoded message; `{}` where only an error or a name is known. */
  readonly value: T;
  /**
   * What `value` would show of the wanted fields, and maybe more: for tables of large dumps, which need little of each resource. Where
   * something in these fields does not fit the schema, the whole value. Wanted fields are given in snake_case and in camelCase.
   */
  part(wanted: WantedMembers): Partial<T>;
  /** Of an assignment in a large dump what `part` would say of its endpoints, read at less cost; undefined where `part` is to be asked. */
  plainEndpoints?(): PlainAssignment | undefined;
  /** Of `issues`, those that reading has come upon: in a large dump only what was asked for is read. */
  readonly issuesSeen: Resource<T>['issues'];
  /** The type of `value`, and of the message that the dump names (they differ for v2 dumps). */
  readonly type: string;
  /** What in it did not fit its schema, or, as one entry, why it could not be read at all. */
  readonly issues: readonly { readonly path: DumpPath; readonly what: string }[];
  /**
   * Looks up a place in the resource or its entry: a field is asked for as Envoy names it (`route_config`), and may be `routeConfig` there.
   * Undefined where it leads nowhere.
   */
  find(path: DumpPath): FoundPlace | undefined;
  /** The dump's own bytes of the resource; empty where it has none. */
  raw(): Uint8Array;
  /** The whole entry of the dump around it (`{version_info, cluster, last_updated}`), as the dump's own bytes. */
  rawEntry(): Uint8Array;
  readonly entryPath: DumpPath;
  readonly span: ByteSpan | undefined;
}

/** Whether a resource is there for requests: warming, draining and rejected ones are not. */
export function serves({ state }: Pick<Resource, 'state'>): boolean {
  return state === 'active' || state === 'static';
}
