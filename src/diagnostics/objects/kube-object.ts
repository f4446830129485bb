import { isJsonObject, type JsonObject, type JsonValue } from '../../dump/json-value.ts';

/** A Kubernetes object as a file or the API server gives it. */
export interface KubeObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
  /** Where it was read: a file. */
  readonly from: string;
}

/** The objects of one document; those within a List each. Nothing for a document without a kind. */
export function kubeObjects(document: unknown, from: string): readonly KubeObject[] {
  if (!isJsonObject(document) || typeof document['kind'] !== 'string') return [];
  const { kind, metadata, spec, items } = document;
  if (Array.isArray(items) && kind.endsWith('List')) return items.flatMap((item) => kubeObjects(item, from));
  const own = isJsonObject(metadata) ? metadata : {};
  return [
    {
      kind,
      namespace: textOf(own['namespace']) || 'default',
      name: textOf(own['name']),
      labels: textsOf(own['labels']),
      spec: isJsonObject(spec) ? spec : {},
      from,
    },
  ];
}

/** `DestinationRule istioinaction/catalog`. */
export function objectName({ kind, namespace, name }: KubeObject): string {
  return `${kind} ${namespace}/${name}`;
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
