import { addressJson } from './address-json.ts';
import type { JsonObject, JsonValue } from './json-value.ts';

const LINE = /^(\S.*?)::((?:\[[0-9a-fA-F:.%\w]*\]|[^\s:[\]]+):\d+|\/\S+|@\S+|envoy:\/\/\S+)$/;

/** Whether the beginning of a text is the text form of `/listeners`: a name and an address a line. */
export function isListenersText(head: string): boolean {
  const lines = head.split('\n', 20).filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.every((line) => LINE.test(line.trimEnd()));
}

/** Reads the text form of `/listeners` as the JSON of `envoy.admin.v3.Listeners`. A listener of several addresses has a line for each. */
export function listenersFromText(text: string): { readonly json: JsonObject; readonly strange: readonly string[] } {
  const addresses = new Map<string, JsonObject[]>();
  const strange: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    if (line === '') continue;
    const found = LINE.exec(line);
    if (found === null) {
      strange.push(line);
      continue;
    }
    const name = found[1] as string;
    addresses.set(name, [...(addresses.get(name) ?? []), addressJson(found[2] as string)]);
  }
  const statuses = [...addresses].map(([name, [first, ...others]]): JsonObject => {
    const status = { name, local_address: first as JsonValue };
    return others.length > 0 ? { ...status, additional_local_addresses: others } : status;
  });
  return { json: { listener_statuses: statuses }, strange };
}
