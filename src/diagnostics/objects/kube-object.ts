import { isJsonObject, type JsonObject, type JsonValue } from '../../dump/json-value.ts';

/** A Kubernetes object as a file or the API server gives it. */
export interface KubeObject {
  readonly kind: string;
  /** `networking.istio.io`; '' for the core group, or where the object does not say. */
  readonly group: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339; '' where it is not in a cluster. */
  readonly created: string;
  readonly spec: JsonObject;
  readonly status: JsonObject;
  /** Where it was read: a file, or `the API server`. */
  readonly from: string;
}

/** The objects of one document; those within a List each. Nothing for a document without a kind. */
export function kubeObjects(document: unknown, from: string): readonly KubeObject[] {
  if (!isJsonObject(document) || typeof document['kind'] !== 'string') return [];
  const { kind, apiVersion, metadata, spec, status, items } = document;
  if (Array.isArray(items) && kind.endsWith('List')) return items.flatMap((item) => kubeObjects(item, from));
  const own = isJsonObject(metadata) ? metadata : {};
  const version = textOf(apiVersion);
  return [
    {
      kind,
      group: version.includes('/') ? (version.split('/')[0] ?? '') : '',
      namespace: textOf(own['namespace']) || 'default',
      name: textOf(own['name']),
      labels: textsOf(own['labels']),
      annotations: textsOf(own['annotations']),
      created: textOf(own['creationTimestamp']),
      // An EndpointSlice has its parts at the top.
      spec: isJsonObject(spec) ? spec : kind === 'EndpointSlice' ? document : {},
      status: isJsonObject(status) ? status : {},
      from,
    },
  ];
}

/** `DestinationRule istioinaction/catalog`. */
export function objectName({ kind, namespace, name }: KubeObject): string {
  return `${kind} ${namespace}/${name}`;
}

/** What tells an object from every other. */
export function objectKey({ group, kind, namespace, name }: KubeObject): string {
  return [group, kind, namespace, name].join('/');
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A list of texts; empty for anything else. */
export function listOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** A map of texts; numbers and truth values as their text. */
export function textsOf(value: JsonValue | undefined): Readonly<Record<string, string>> {
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)])) : {};
}

export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** A member that is an object; `{}` for anything else. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** True where every wanted label is there with its value. */
export function hasLabels(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** `catalog` in namespace `shop` is `catalog.shop.svc.cluster.local`; a name with dots is whole. Source: Istio's ResolveShortnameToFQDN. */
export function fullHost(host: string, namespace: string): string {
  return host.includes('.') || host.startsWith('*') ? host : `${host}.${namespace}.svc.cluster.local`;
}

/** Whether a pattern (`shop.example`, `*.example`, `*`) takes a host. */
export function fitsHost(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase();
  return wanted === '*' || wanted === host || (wanted.startsWith('*.') && host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1);
}
