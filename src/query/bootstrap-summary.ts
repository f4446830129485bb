import type { BuildVersion, Node } from '../model/generated/envoy-api.ts';
import type { Struct } from '../model/message.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';

/** istioctl's summary of a bootstrap: each fact with its label, those that the node does not tell left out. */
export function bootstrapSummary(proxy: Pick<ProxyConfig, 'bootstrap'>): readonly (readonly [label: string, value: string])[] {
  const node = proxy.bootstrap?.value.node;
  const istio = textOf(node?.metadata, 'ISTIO_VERSION');
  const sha = textOf(node?.metadata, 'ISTIO_PROXY_SHA');
  return [
    ...(istio === undefined ? [] : [['Istio Version:', istio] as const]),
    ...(sha === undefined ? [] : [['Istio Proxy Version:', sha.slice(sha.indexOf(':') + 1)] as const]),
    ['Envoy Version:', buildVersionText(node?.user_agent_build_version)],
  ];
}

/** What else one wants to know first about a proxy, for the wide summary. */
export function nodeFacts(node: Node | undefined): readonly (readonly [label: string, value: string])[] {
  const locality = [node?.locality?.region, node?.locality?.zone, node?.locality?.sub_zone].filter((part) => part).join('/');
  const facts: (readonly [string, string | undefined])[] = [
    ['Node:', node?.id],
    ['Cluster:', node?.cluster],
    ['Locality:', locality],
    ['User Agent:', node?.user_agent_name],
  ];
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '');
}

function textOf(metadata: Struct | undefined, key: string): string | undefined {
  const value = metadata?.[key];
  return typeof value === 'string' ? value : undefined;
}

/** `1.28.0-dev/Clean/RELEASE/BoringSSL`. */
function buildVersionText(build: BuildVersion | undefined): string {
  const { major_number = 0, minor_number = 0, patch = 0 } = build?.version ?? {};
  const label = textOf(build?.metadata, 'build.label');
  const rest = ['revision.status', 'build.type', 'ssl.version'].map((key) => textOf(build?.metadata, key)).filter((text) => text !== undefined);
  return [`${major_number}.${minor_number}.${patch}${label === undefined ? '' : `-${label}`}`, ...rest].join('/');
}
