import type { Gap } from './trace-answer.ts';

/** The input shows only some resources of a kind (a bootstrap file, an answer to `?resource=`): that one is not among them says nothing. */
export function notShown(kind: 'listener' | 'route config' | 'cluster', name: string, path: string): Gap {
  return { id: 'PC1001', what: `the input has no ${kind} ${name}, but it may not show all that the proxy has; the whole /config_dump tells`, path };
}
