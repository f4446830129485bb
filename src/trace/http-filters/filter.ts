import type { DumpPath } from '../../dump/dump-path.ts';
import type { Route, VirtualHost } from '../../model/generated/envoy-api.ts';
import type { Any, Struct } from '../../model/message.ts';
import type { HttpRequest } from '../http-request.ts';
import type { LocalReply } from '../local-reply.ts';
import type { ProxyIndex } from '../proxy-index.ts';
import type { Gap } from '../trace-answer.ts';

/** What an HTTP filter can do to a request, each with its probability or under its conditions. */
export interface FilterAlternative {
  /** Null where the conditions decide. */
  readonly probability: number | null;
  readonly conditions: readonly string[];
  /** The reply that ends the request here; null: it goes on to the next filter. */
  readonly reply: LocalReply | null;
  /** A response flag that a later local reply carries as well (`DI` of an injected delay). */
  readonly flag?: string;
}

export interface FilterEffect {
  readonly alternatives: readonly FilterAlternative[];
  /** What of the filter pc cannot tell; the answer is then undetermined, its alternatives stand all the same. */
  readonly gap?: Gap | undefined;
  /** The method, path or host that goes upstream may be changed in a way that pc does not follow. */
  readonly changesRequest?: boolean;
  /** What the filter sets under `envoy.lb`, by which the cluster chooses a subset of its hosts. */
  readonly lbMetadata?: Struct;
  /** One line for the walk; undefined for a filter without effect on this request. */
  readonly says?: string | undefined;
}

/** What a filter looks at. */
export interface FilterQuestion {
  readonly index: ProxyIndex;
  readonly request: HttpRequest;
  /** The filter's own configuration; its type is what chose the filter's model. */
  readonly config: Any;
  /** The most specific typed_per_filter_config of its name on the request's route; undefined where there is none. */
  readonly perRoute: Any | undefined;
  /** All of them, least specific first: for filters that merge. */
  readonly perRouteAll: readonly Any[];
  readonly path: DumpPath;
  readonly name: string;
  readonly virtualHost: VirtualHost | undefined;
  readonly route: Route | undefined;
  /** The cluster that the route chose, existing or not. */
  readonly cluster: string | null;
}

export type FilterModel = (question: FilterQuestion) => FilterEffect;

/** The request goes on untouched. */
export const CONTINUES: FilterEffect = { alternatives: [{ probability: 1, conditions: [], reply: null }] };

/** The request ends here. */
export function replies(reply: LocalReply, says?: string): FilterEffect {
  return { alternatives: [{ probability: 1, conditions: [], reply }], says };
}

/** Something outside the dump decides between the alternatives. */
export function depends(says: string, ...alternatives: readonly { readonly condition: string; readonly reply: LocalReply | null }[]): FilterEffect {
  return { says, alternatives: alternatives.map(({ condition, reply }) => ({ probability: null, conditions: [condition], reply })) };
}

/** A filter's reply by configuration. */
export function answered(status: number, details: string, flags: string | null = null, more: Partial<LocalReply> = {}): LocalReply {
  return { verdict: 'answered', status, flags, details, ...more };
}
