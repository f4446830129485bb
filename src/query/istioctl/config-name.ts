import type { Metadata } from '../../model/generated/envoy-api.ts';
import { istioConfigPath } from '../istio-config-ref.ts';

const PREFIX = '/apis/networking.istio.io/';

/** istioctl's VIRTUAL SERVICE and DESTINATION RULE cells: `name.namespace`; `<unknown>` for objects of other groups. */
export function configName(metadata: Metadata | undefined): string {
  const path = istioConfigPath(metadata);
  if (path === undefined) return '';
  if (!path.startsWith(PREFIX)) return '<unknown>';
  const parts = path.split('/');
  return parts.length === 8 ? `${parts[7]}.${parts[5]}` : '';
}
