import { anyType } from '../../model/message.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import { compareText } from '../compare-text.ts';
import type { PlainTable } from './plain-table.ts';

/** istioctl's table of extension configurations, by type, then name. */
export function istioctlEcdsTable(proxy: ProxyConfig): PlainTable {
  const rows = proxy.ecds.map((resource) => [resource.name, anyType(resource.value.typed_config)] as const);
  return { header: ['ECDS NAME', 'TYPE'], rows: rows.toSorted((a, b) => compareText(a[1], b[1]) || compareText(a[0], b[0])), padding: 5 };
}
