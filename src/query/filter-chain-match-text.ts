import type { CidrRange, FilterChainMatch } from '../model/generated/envoy-api.ts';
import { applicationProtocols } from './istioctl/filter-chain-cells.ts';

/**
 * Every condition of a filter chain on one line, in istioctl's words and order, and with those that istioctl leaves out (sources, address
 * suffix). `ALL` where there is none. Source of the fields: FilterChainMatch in listener_components.proto.
 */
export function filterChainMatchText(match: FilterChainMatch | undefined): string {
  const parts: string[] = [];
  const add = (label: string, values: readonly (string | number)[] | undefined): void => {
    if (values !== undefined && values.length > 0) parts.push(`${label}: ${values.join(',')}`);
  };
  add('SNI', match?.server_names);
  if (match?.transport_protocol) add('Trans', [match.transport_protocol]);
  if (match?.application_protocols?.length) add('App', [applicationProtocols(match.application_protocols)]);
  const port = match?.destination_port === undefined ? '' : `:${match.destination_port}`;
  const prefixes = cidrTexts(match?.prefix_ranges);
  if (prefixes.length > 0) parts.push(`Addr: ${prefixes.join(',')}${port}`);
  else if (port !== '') parts.push(`Addr: *${port}`);
  if (match?.address_suffix) add('Addr suffix', [`${match.address_suffix}/${match.suffix_len ?? 0}`]);
  add('Direct source', cidrTexts(match?.direct_source_prefix_ranges));
  if (match?.source_type !== undefined && match.source_type !== 'ANY') add('Source type', [String(match.source_type)]);
  add('Source', cidrTexts(match?.source_prefix_ranges));
  add('Source port', match?.source_ports);
  return parts.length === 0 ? 'ALL' : parts.join('; ');
}

/** `10.0.0.0/8`; a missing length is 0, as in Envoy. */
export function cidrTexts(ranges: readonly CidrRange[] | undefined): string[] {
  return (ranges ?? []).map((range) => `${range.address_prefix ?? ''}/${range.prefix_len ?? 0}`);
}
