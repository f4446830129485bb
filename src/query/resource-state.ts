import type { Resource } from '../model/resource.ts';
import type { Column } from './listing.ts';

/** The state of a resource in a word or two: `active`, `warming`, `rejected: <Envoy's reason>`, `requested, not received`. */
export function stateText(resource: Pick<Resource, 'state' | 'rejection' | 'span' | 'clientStatus'>): string {
  if (resource.state === 'error') return `rejected: ${resource.rejection?.details ?? ''}`.replace(/: $/, '');
  if (resource.span === undefined) {
    if (resource.clientStatus === undefined) return `${resource.state}, without content`;
    return CLIENT_STATUS[resource.clientStatus] ?? resource.clientStatus.toLowerCase().replaceAll('_', ' ');
  }
  return resource.clientStatus === 'NACKED' && resource.state !== 'warming' ? `${resource.state}, update rejected` : resource.state;
}

const CLIENT_STATUS: Readonly<Record<string, string>> = {
  REQUESTED: 'requested, not received',
  DOES_NOT_EXIST: 'the control plane has none',
  TIMEOUT: 'requested, timed out',
  RECEIVED_ERROR: 'the control plane sent an error',
};

/** Whether a resource is as one expects: in use, nothing to tell. */
export function isPlainState(resource: Pick<Resource, 'state' | 'rejection' | 'span' | 'clientStatus'>): boolean {
  return /^(?:active|static)$/.test(stateText(resource));
}

/** The columns that every table of resources ends with; STATE stands in the default table only where it has something to tell. */
export function resourceColumns<R>(resourceOf: (row: R) => Resource | undefined): {
  readonly state: Column<R>;
  readonly version: Column<R>;
  readonly updated: Column<R>;
  readonly place: Column<R>;
} {
  return {
    state: {
      key: 'state',
      title: 'STATE',
      onlyIf: (rows) => rows.some((row) => !isPlainState(resourceOf(row) ?? PLAIN)),
      cell: (row) => stateText(resourceOf(row) ?? PLAIN),
      tone: (row) => {
        const state = resourceOf(row)?.state;
        return state === 'error' ? 'bad' : state === 'warming' || state === 'draining' ? 'warning' : undefined;
      },
    },
    version: { key: 'version', title: 'VERSION', wide: true, cell: (row) => resourceOf(row)?.version ?? '' },
    updated: { key: 'last_updated', title: 'LAST UPDATED', wide: true, cell: (row) => resourceOf(row)?.lastUpdated ?? '' },
    place: { key: 'place', cell: (row) => placeOf(resourceOf(row)), json: (row) => jsonPlace(resourceOf(row)) },
  };
}

const PLAIN = { state: 'static', rejection: undefined, span: { start: 0, end: 0 }, clientStatus: undefined } as const;

function placeOf(resource: Resource | undefined): string {
  return resource === undefined ? '' : resource.document;
}

function jsonPlace(resource: Resource | undefined): unknown {
  return resource === undefined ? null : { document: resource.document, path: resource.path };
}
