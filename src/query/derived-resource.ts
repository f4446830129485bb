import type { Message } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';

/** A message inside a resource (an inline route config, a cluster's own endpoints), told as a resource of its own; it has no bytes of its own. */
export function derivedResource<T extends Message>(within: Resource, inner: Pick<Resource<T>, 'kind' | 'name' | 'type' | 'value'>): Resource<T> {
  return {
    ...inner,
    state: within.state,
    path: within.path,
    document: within.document,
    version: within.version,
    lastUpdated: within.lastUpdated,
    clientStatus: within.clientStatus,
    rejection: within.rejection,
    issues: [],
    issuesSeen: [],
    part: () => inner.value,
    find: () => undefined,
    raw: () => new Uint8Array(),
    rawEntry: () => new Uint8Array(),
    entryPath: within.entryPath,
    span: within.span,
  };
}
