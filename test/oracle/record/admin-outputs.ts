import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvoyProcess } from '../envoy-process.ts';

/**
 * A config dump or server info without `node.extensions`: the list of everything compiled into the binary, which is nine tenths of
 * a small dump and says nothing about the configuration. All else stays as Envoy printed it.
 */
export function withoutExtensionLists(document: Record<string, unknown>): Record<string, unknown> {
  const bootstraps = (Array.isArray(document['configs']) ? document['configs'] : []).map((section) => section.bootstrap);
  for (const holder of [document, ...bootstraps]) {
    if (holder?.node) holder.node.extensions = undefined;
  }
  return document;
}

/** Writes the admin documents of an Envoy into a folder, and those named besides; returns Envoy's version. */
export async function saveAdminOutputs(envoy: EnvoyProcess, target: string, more: readonly 'certs'[] = []): Promise<string> {
  saveJson(target, 'config_dump.json', withoutExtensionLists(JSON.parse(await envoy.admin('/config_dump?include_eds'))));
  saveJson(target, 'clusters.json', JSON.parse(await envoy.admin('/clusters?format=json')));
  saveJson(target, 'listeners.json', JSON.parse(await envoy.admin('/listeners?format=json')));
  for (const name of more) saveJson(target, `${name}.json`, JSON.parse(await envoy.admin(`/${name}`)));
  const info = JSON.parse(await envoy.admin('/server_info'));
  saveJson(target, 'server_info.json', withoutExtensionLists(info));
  return String(info.version);
}

export function saveJson(folder: string, file: string, value: unknown): void {
  writeFileSync(join(folder, file), `${JSON.stringify(value, null, 1)}\n`);
}
