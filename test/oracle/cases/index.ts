import type { SnapshotCase } from '../record/snapshot-case.ts';
import * as foundingStory from './founding-story.ts';
import * as gatewayCredentials from './gateway-credentials.ts';
import * as gatewayEndpoints from './gateway-endpoints.ts';
import * as gatewayFilters from './gateway-filters.ts';
import * as gatewayRouting from './gateway-routing.ts';
import * as gatewayTls from './gateway-tls.ts';
import * as refusals from './refusals.ts';
import * as sidecars from './sidecars.ts';
import * as waypoint from './waypoint.ts';

/** Every case that `npm run snapshots:record` records. */
export const CASES: readonly SnapshotCase[] = [
  foundingStory,
  gatewayRouting,
  gatewayFilters,
  gatewayCredentials,
  gatewayEndpoints,
  gatewayTls,
  refusals,
  sidecars,
  waypoint,
].flatMap((file) => Object.values(file));
