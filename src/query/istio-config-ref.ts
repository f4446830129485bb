import { isJsonObject } from '../dump/json-value.ts';
import type { Metadata } from '../model/generated/envoy-api.ts';

/** The Kubernetes object that Istio made a route or cluster of, as its metadata `istio.config` names it. */
export interface IstioConfigRef {
  /** `networking.istio.io` */
  readonly group: string;
  /** `virtual-service` */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What of a Metadata these functions read. */
export const ISTIO_CONFIG = { filter_metadata: { istio: { config: true } } } as const;

/** The metadata's own text: `/apis/networking.istio.io/v1/namespaces/shop/virtual-service/catalog`; undefined where there is none. */
export function istioConfigPath(metadata: Metadata | undefined): string | undefined {
  const istio = metadata?.filter_metadata?.['istio'];
  const path = isJsonObject(istio) ? istio['config'] : undefined;
  return typeof path === 'string' ? path : undefined;
}

/** The object that the metadata names; undefined where it names none, or in a form of another making. */
export function istioConfigRef(metadata: Metadata | undefined): IstioConfigRef | undefined {
  const parts = istioConfigPath(metadata)?.split('/') ?? [];
  const [, apis, group = '', , namespaces, namespace = '', kind = '', name = ''] = parts;
  return apis === 'apis' && namespaces === 'namespaces' && parts.length === 8 ? { group, kind, namespace, name } : undefined;
}

/** The path and the text of the last object: neighbours were mostly made of the same. */
let last: readonly [path: string, text: string] = ['', ''];

/** `catalog.shop`; the whole path where it is of another form; '' where there is none. */
export function istioConfigText(metadata: Metadata | undefined): string {
  const path = istioConfigPath(metadata) ?? '';
  if (path !== last[0]) {
    const ref = istioConfigRef(metadata);
    last = [path, ref === undefined ? path : `${ref.name}.${ref.namespace}`];
  }
  return last[1];
}
