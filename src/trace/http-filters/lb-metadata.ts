import { jqPath } from '../../dump/dump-path.ts';
import type { JsonValue } from '../../dump/json-value.ts';
import { cookieValue } from '../../match/cookies.ts';
import { substitute } from '../../match/rewrite.ts';
import type {
  HttpHeaderToMetadata_Config as HeaderToMetadata,
  Config_KeyValuePair as KeyValuePair,
  HttpSetMetadata_Config as SetMetadata,
} from '../../model/generated/envoy-api.ts';
import type { Struct } from '../../model/message.ts';
import { CONTINUES, type FilterEffect, type FilterQuestion } from './filter.ts';

/** The metadata by which a cluster chooses a subset of its hosts. */
const LB = 'envoy.lb';

/**
 * header_to_metadata: a header or a cookie becomes metadata. Under `envoy.lb` that chooses the subset of hosts; a header sent several
 * times is one value, joined with commas. Source: source/extensions/filters/http/header_to_metadata/header_to_metadata_filter.cc.
 */
export function headerToMetadata({ config, perRoute, request, path }: FilterQuestion): FilterEffect {
  const { request_rules: rules = [] } = (perRoute ?? config) as unknown as HeaderToMetadata;
  const metadata: Record<string, JsonValue> = {};
  for (const { header, cookie, on_header_present: present, on_header_missing: missing } of rules) {
    const found = header ? joined(request.headers.all(header.toLowerCase())) : cookieValue(request.headers, cookie ?? '');
    const pair = found === undefined ? missing : present;
    if (pair === undefined || pair.metadata_namespace !== LB) continue;
    const value = valueFrom(pair, found ?? '');
    if (value === undefined)
      return { ...CONTINUES, gap: { id: 'PC9001', what: `header_to_metadata with a value of type ${pair.type ?? ''}`, path: jqPath(path) } };
    if (value !== '') metadata[pair.key ?? ''] = value;
  }
  return withMetadata(metadata);
}

function joined(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',');
}

/** Undefined where pc does not follow the type or the encoding. */
function valueFrom(pair: KeyValuePair, found: string): JsonValue | undefined {
  if ((pair.type ?? 'STRING') !== 'STRING' || (pair.encode ?? 'NONE') !== 'NONE') return undefined;
  if (pair.regex_value_rewrite !== undefined) return substitute(pair.regex_value_rewrite, found);
  return pair.value || found;
}

/**
 * set_metadata: values under `envoy.lb` choose the subset of hosts. A key that is set already stays, unless allow_overwrite.
 * Source: source/extensions/filters/http/set_metadata/set_metadata_filter.cc.
 */
export function setMetadata({ config, perRoute }: FilterQuestion): FilterEffect {
  const { metadata_namespace: namespace, value, metadata = [] } = (perRoute ?? config) as unknown as SetMetadata;
  let set: Struct = namespace === LB && value !== undefined ? value : {};
  for (const entry of metadata) {
    if (entry.metadata_namespace !== LB || entry.value === undefined) continue;
    // Without allow_overwrite the first entry of a namespace stands.
    if (Object.keys(set).length === 0 || entry.allow_overwrite === true) set = { ...set, ...entry.value };
  }
  return withMetadata(set);
}

function withMetadata(metadata: Struct): FilterEffect {
  return Object.keys(metadata).length === 0
    ? CONTINUES
    : { ...CONTINUES, lbMetadata: metadata, says: `sets the load balancing metadata ${JSON.stringify(metadata)}` };
}
