import type { ProxyConfig } from './proxy-config.ts';

/** The version of a proxy's Envoy, from its node or `/server_info`: `[1, 40, 0]`; undefined where nothing tells. */
export function envoyVersionOf(proxy: ProxyConfig): readonly [major: number, minor: number, patch: number] | undefined {
  const version = proxy.bootstrap?.value.node?.user_agent_build_version?.version;
  if (version?.major_number !== undefined) return [version.major_number, version.minor_number ?? 0, version.patch ?? 0];
  const text = /\/(\d+)\.(\d+)\.(\d+)/.exec(proxy.serverInfo?.value.version ?? '');
  return text ? [Number(text[1]), Number(text[2]), Number(text[3])] : undefined;
}
