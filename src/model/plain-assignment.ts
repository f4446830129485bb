import type { ClusterLoadAssignment, Locality } from './generated/envoy-api.ts';

/** The endpoints of an assignment as nearly all are: an address and a port, and what weighs them. */
export interface PlainAssignment {
  readonly policy: ClusterLoadAssignment['policy'];
  readonly groups: readonly PlainGroup[];
}

/** A `LocalityLbEndpoints`. */
export interface PlainGroup {
  readonly settings: PlainGroupSettings;
  readonly endpoints: readonly PlainEndpoint[];
}

/** What a group says of all its endpoints; what is not set is undefined. */
export interface PlainGroupSettings {
  readonly locality: Locality | undefined;
  readonly priority: number | undefined;
  readonly weight: number | undefined;
}

/** An `LbEndpoint`. '' and 0 where it has no socket address, or that no address or port. */
export interface PlainEndpoint {
  readonly host: string;
  readonly port: number;
  readonly hostname: string;
  readonly health: string | undefined;
  readonly weight: number | undefined;
}
