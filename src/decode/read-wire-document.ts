import type { JsonValue } from '../dump/json-value.ts';

export async function readWireDocument(_bytes: Uint8Array): Promise<JsonValue | undefined> {
  return undefined;
}
