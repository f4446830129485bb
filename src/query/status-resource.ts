import type { Message } from '../model/message.ts';
import type { AdminDocument } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';

/** What `/listeners` or `/clusters` tells of something whose configuration the input does not hold, as a resource with little in it. */
export function statusResource<T extends Message>(document: AdminDocument<unknown>, known: Pick<Resource<T>, 'kind' | 'name' | 'type' | 'value'>): Resource<T> {
  return {
    ...known,
    state: 'active',
    path: document.path,
    document: document.document,
    version: undefined,
    lastUpdated: undefined,
    clientStatus: undefined,
    rejection: undefined,
    issues: [],
    issuesSeen: [],
    part: () => known.value,
    find: () => undefined,
    raw: () => new Uint8Array(),
    rawEntry: () => new Uint8Array(),
    entryPath: document.path,
    span: { start: 0, end: 0 },
  };
}
