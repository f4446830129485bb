import type { ByteSource, ByteSpan } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';

/** What kind of xDS resource something is. */
export type ResourceKind = 'listener' | 'route_config' | 'scoped_routes' | 'cluster' | 'endpoint' | 'secret' | 'ecds' | 'bootstrap';

/** How the proxy holds a resource. `error` is a configuration that Envoy rejected; `static` comes from the bootstrap file. */
export type ResourceState = 'static' | 'active' | 'warming' | 'draining' | 'error';

/** A resource found in a dump and not decoded yet: what it is, and where its bytes stand. */
export interface ResourceSeed {
  readonly kind: ResourceKind;
  readonly state: ResourceState;
  readonly source: ByteSource;
  /** The bytes of the resource itself (the Listener, not the DynamicListener around it); undefined where only an error is known. */
  readonly span: ByteSpan | undefined;
  /** The place of the resource itself. */
  readonly path: DumpPath;
  /** The resource's own name, where it was seen on the way. */
  readonly ownName: string | undefined;
  /** The name that the envelope gives, where it gives one; else the name is read from the resource. */
  readonly envelopeName: string | undefined;
  readonly version: string | undefined;
  readonly lastUpdated: string | undefined;
  readonly clientStatus: string | undefined;
  /** `UpdateFailureState`'s details and version where the last update was rejected. */
  readonly rejection: { readonly details: string; readonly version: string | undefined; readonly lastAttempt: string | undefined } | undefined;
  /** The whole entry of the dump around the resource: what istioctl's JSON of secrets and of ECDS shows. */
  readonly entry: { readonly span: ByteSpan; readonly path: DumpPath };
}
