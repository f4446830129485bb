import { jqPath } from '../dump/dump-path.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import type { Io } from './io.ts';

/** Of what could not be read in the resources of a table, so much is told. */
const ISSUES_SHOWN = 5;

/** Tells on standard error what the reading of the input had to say. */
export function tellInputNotes(proxy: ProxyConfig, io: Io): void {
  for (const note of proxy.notes) {
    io.err(`note[${note.id}]: ${note.what} (${note.document}${note.path === undefined ? '' : ` ${jqPath(note.path)}`})\n`);
  }
}

/** Reads every resource and tells all that reading has to say: of a large dump a table tells what it reads, and no more. */
export function tellAllNotes(proxy: ProxyConfig, io: Io): void {
  const { bootstrap, listeners, routeConfigs, scopedRoutes, clusters, endpoints, secrets, ecds } = proxy;
  const lists: readonly Iterable<Resource>[] = [
    bootstrap === undefined ? [] : [bootstrap],
    listeners,
    routeConfigs,
    scopedRoutes,
    clusters,
    endpoints,
    secrets,
    ecds,
  ];
  const faulty: Resource[] = [];
  // A list may be cut into its entries only now, and have to say something of them.
  for (const list of lists) for (const resource of list) if (resource.issues.length > 0) faulty.push(resource);
  tellInputNotes(proxy, io);
  tellIssues(faulty, io);
}

/** Tells which parts of the shown resources did not fit their schema; they are shown all the same, and nothing of them is lost in JSON. */
export function tellIssues(resources: Iterable<Resource>, io: Io): void {
  let count = 0;
  for (const resource of resources) {
    for (const issue of resource.issuesSeen) {
      if (count++ < ISSUES_SHOWN) io.err(`note[PC1036]: ${resource.name || resource.kind}: ${issue.what} (${resource.document} ${jqPath(issue.path)})\n`);
    }
  }
  if (count > ISSUES_SHOWN) io.err(`note[PC1036]: and ${count - ISSUES_SHOWN} more of that kind\n`);
}
