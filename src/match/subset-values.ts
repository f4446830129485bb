/**
 * A host belongs to a subset where its `envoy.lb` metadata has an equal value under each key: strings, numbers and structs never equal
 * one another. With list_as_any a host's list stands for each of its members.
 * Source: subset_lb.cc SubsetLoadBalancer::extractSubsetMetadata, hostMatches; source/common/config/metadata.cc
 * Metadata::metadataLabelMatch.
 */
import { isJsonObject, JsonNumber, type JsonValue } from '../dump/json-value.ts';
import type { Struct } from '../model/message.ts';
import type { UpstreamHost } from './host-set.ts';

/** Whether a host has the wanted value of every key. */
export function hasSubsetValues(host: UpstreamHost, wanted: Struct, listAsAny: boolean): boolean {
  const { metadata } = host;
  return metadata !== undefined && Object.keys(wanted).every((key) => equals(metadata[key], wanted[key] as JsonValue, listAsAny));
}

/** Whether a host has all labels; none at all are held by every host. */
export function holdsLabels(host: UpstreamHost, labels: Struct, listAsAny: boolean): boolean {
  return Object.keys(labels).length === 0 || hasSubsetValues(host, labels, listAsAny);
}

function equals(own: JsonValue | undefined, wanted: JsonValue, listAsAny: boolean): boolean {
  if (own === undefined) return false;
  const key = valueKey(wanted);
  return listAsAny && Array.isArray(own) ? (own as readonly JsonValue[]).some((member) => valueKey(member) === key) : valueKey(own) === key;
}

/** A text that two values share exactly where they are equal as `google.protobuf.Value`: numbers by value, structs whatever their order. */
export function valueKey(value: JsonValue): string {
  if (value instanceof JsonNumber) return JSON.stringify(value.valueOf());
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(valueKey).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${valueKey(value[key] as JsonValue)}`)
    .join(',')}}`;
}
