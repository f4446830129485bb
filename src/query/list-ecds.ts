import type { TypedExtensionConfig } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { compareText } from './compare-text.ts';
import type { RowFilter } from './filter-rows.ts';
import type { Listing } from './listing.ts';
import { resourceColumns } from './resource-state.ts';

export interface EcdsRow {
  readonly resource: Resource<TypedExtensionConfig>;
  readonly type: string;
}

const STATE = resourceColumns<EcdsRow>((row) => row.resource);

/** All extension configurations, in istioctl's order: by type, then name. */
export function listEcds(proxy: ProxyConfig): Listing<EcdsRow> {
  const rows = proxy.ecds.map((resource) => ({ resource, type: anyType(resource.value.typed_config) }));
  rows.sort((a, b) => compareText(a.type, b.type) || compareText(a.resource.name, b.resource.name));
  return {
    kind: 'ecds',
    noun: 'extension configuration',
    rows,
    columns: [
      { key: 'name', title: 'ECDS NAME', cell: (row) => row.resource.name },
      { key: 'type', title: 'TYPE', cell: (row) => row.type },
      STATE.state,
      STATE.version,
      STATE.updated,
      STATE.place,
    ],
    resourceOf: (row) => row.resource,
    notes: [],
  };
}

export function ecdsFilters(wanted: { readonly name?: string | undefined }): RowFilter<EcdsRow>[] {
  return wanted.name === undefined ? [] : [{ flag: '--name', wanted: wanted.name, values: (row) => [row.resource.name] }];
}
