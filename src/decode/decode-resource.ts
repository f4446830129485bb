import { type ByteSpan, LARGE } from '../dump/byte-source.ts';
import { type DumpPath, startsWith } from '../dump/dump-path.ts';
import { Failure } from '../dump/failure.ts';
import { FoundPlace } from '../dump/found-place.ts';
import { isJsonObject, type JsonValue } from '../dump/json-value.ts';
import { firstText, parseAt } from '../dump/outline-members.ts';
import { PlaceFinder } from '../dump/place-finder.ts';
import type { ResourceKind, ResourceSeed, ResourceState } from '../dump/resource-seed.ts';
import { RESOURCE_TYPES } from '../dump/resource-shape.ts';
import { canonicalType } from '../dump/type-name.ts';
import type { WantedMembers } from '../dump/wanted-members.ts';
import type { Message } from '../model/message.ts';
import type { PlainAssignment } from '../model/plain-assignment.ts';
import type { Resource } from '../model/resource.ts';
import { type DecodeIssue, decodeMessage } from './decode-message.ts';
import { type DeferredRoutes, deferRoutes } from './deferred-routes.ts';
import { readEndpoints } from './read-endpoints.ts';
import { readPart } from './read-part.ts';

export { RESOURCE_TYPES } from '../dump/resource-shape.ts';

/** A resource over its seed: nothing is read before it is asked for, and everything at most once. */
export class LazyResource<T extends Message> implements Resource<T> {
  private decoded: { readonly value: T; readonly type: string; readonly issues: readonly DecodeIssue[] } | undefined;
  /** What `value` is of a large dump's route configuration; null once it is known to be something else. */
  private deferred: DeferredRoutes | null | undefined;
  private knownName: string | undefined;
  private finder: PlaceFinder | undefined;
  private readonly seed: ResourceSeed;

  constructor(seed: ResourceSeed) {
    this.seed = seed;
  }

  get kind(): ResourceKind {
    return this.seed.kind;
  }
  get state(): ResourceState {
    return this.seed.state;
  }
  get path(): DumpPath {
    return this.seed.path;
  }
  get document(): string {
    return this.seed.source.label;
  }
  get version(): string | undefined {
    return this.seed.version;
  }
  get lastUpdated(): string | undefined {
    return this.seed.lastUpdated;
  }
  get clientStatus(): string | undefined {
    return this.seed.clientStatus;
  }
  get rejection(): ResourceSeed['rejection'] {
    return this.seed.rejection;
  }
  get span(): ByteSpan | undefined {
    return this.seed.span;
  }
  get entryPath(): DumpPath {
    return this.seed.entry.path;
  }
  get name(): string {
    this.knownName ??= this.readName();
    return this.knownName;
  }
  get value(): T {
    return (this.deferredRoutes()?.value as T | undefined) ?? this.decode().value;
  }
  get type(): string {
    return this.deferredRoutes() ? RESOURCE_TYPES[this.seed.kind] : this.decode().type;
  }
  get issues(): readonly DecodeIssue[] {
    return this.deferred?.isFaultless() ? [] : this.decode().issues;
  }

  part(wanted: WantedMembers): Partial<T> {
    const { source, span, kind } = this.seed;
    if (this.decoded !== undefined || span === undefined || source.search === undefined) return this.value;
    return (readPart(RESOURCE_TYPES[kind], wanted, source, span) as Partial<T> | undefined) ?? this.value;
  }

  plainEndpoints(): PlainAssignment | undefined {
    const { source, span, kind } = this.seed;
    const isAsked = this.decoded === undefined && kind === 'endpoint' && span !== undefined && source.search !== undefined;
    return isAsked ? readEndpoints(source, span) : undefined;
  }

  get issuesSeen(): readonly DecodeIssue[] {
    const { search, size } = this.seed.source;
    const isRead = this.decoded !== undefined || this.deferred;
    return !isRead && search !== undefined && size >= LARGE ? [] : this.issues;
  }

  find(path: DumpPath): FoundPlace | undefined {
    const { source, span, path: own, entry } = this.seed;
    const isWithin = span !== undefined && startsWith(path, own);
    if (isWithin) this.finder ??= new PlaceFinder(source, span);
    const finder = (isWithin ? this.finder : undefined) ?? new PlaceFinder(source, entry.span);
    const from = isWithin ? own : entry.path;
    const way = finder.find(path.slice(from.length));
    return way && new FoundPlace(source, finder, from, way);
  }

  raw(): Uint8Array {
    const { span, source } = this.seed;
    return span === undefined ? new Uint8Array() : source.read(span.start, span.end);
  }

  rawEntry(): Uint8Array {
    const { entry, source } = this.seed;
    return source.read(entry.span.start, entry.span.end);
  }

  /** The resource's own name wins; a secret and a listener are also named by the entry around them. */
  private readName(): string {
    const { seed } = this;
    if (seed.ownName !== undefined) return seed.ownName;
    if (seed.span === undefined) return seed.envelopeName ?? '';
    try {
      return firstText(seed.source, seed.span, seed.kind === 'endpoint' ? CLUSTER_NAME : NAME) ?? seed.envelopeName ?? '';
    } catch (error) {
      // What is wrong with it is among its issues.
      if (!(error instanceof Failure)) throw error;
      return seed.envelopeName ?? '';
    }
  }

  private deferredRoutes(): DeferredRoutes | null {
    const { source, span, kind } = this.seed;
    if (this.deferred === undefined) {
      const isAsked = this.decoded === undefined && kind === 'route_config' && span !== undefined && source.search !== undefined;
      this.deferred = (isAsked ? deferRoutes(source, span) : undefined) ?? null;
    }
    return this.deferred;
  }

  private decode(): NonNullable<LazyResource<T>['decoded']> {
    this.decoded ??= this.decodeNow();
    return this.decoded;
  }

  private decodeNow(): NonNullable<LazyResource<T>['decoded']> {
    const { seed } = this;
    const type = RESOURCE_TYPES[seed.kind];
    if (seed.span === undefined) return { value: {} as T, type, issues: [] };
    const issues: DecodeIssue[] = [];
    try {
      const json = parseAt(
        seed.source,
        seed.span,
        (place) => void issues.push({ path: seed.path, what: `bytes that are not UTF-8 were read as U+FFFD: ${place}` }),
      );
      const { type: named, fields } = typedFields(json, type);
      return { value: decodeMessage(named, fields, seed.path, issues) as T, type: named, issues };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { value: {} as T, type, issues: [{ path: seed.path, what: `${error.message}${error.place ? ` at ${error.place}` : ''}` }] };
    }
  }
}

const NAME: ReadonlySet<string> = new Set(['name']);
const CLUSTER_NAME: ReadonlySet<string> = new Set(['cluster_name', 'clusterName']);

/** A failed configuration, or a dump of another producer, may hold another message than its place says. */
function typedFields(json: JsonValue, type: string): { readonly type: string; readonly fields: JsonValue } {
  const url = isJsonObject(json) ? json['@type'] : undefined;
  if (!isJsonObject(json) || typeof url !== 'string') return { type, fields: json };
  const { '@type': _, ...fields } = json;
  return { type: canonicalType(url), fields };
}
