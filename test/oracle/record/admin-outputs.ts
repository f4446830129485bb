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
