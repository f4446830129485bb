import type { EndpointRow } from '../query/list-endpoints.ts';
import type { Column, Listing } from '../query/listing.ts';
import type { PodDirectory } from '../source/kube/pod-directory.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';

/** Clusters of which Kubernetes itself says the endpoints: those that Istio names by a Service. */
const OF_SERVICE = /\|[^|]*\.svc\.[^|]*$|\.svc\.[\w.-]+$/;

/** The listing with the pod and the node of each endpoint, and a note on those that belong to no pod any more. */
export function withPods(listing: Listing<EndpointRow>, pods: PodDirectory): Listing<EndpointRow> {
  const nameOf = (row: EndpointRow): string => podName(pods, row.host, row.port, row.cluster);
  const column: Column<EndpointRow> = {
    key: 'pod',
    title: 'POD',
    onlyIf: (rows) => rows.some((row) => nameOf(row) !== '-'),
    cell: nameOf,
    tone: (row) => (nameOf(row) === NO_POD ? 'bad' : undefined),
  };
  const node: Column<EndpointRow> = { key: 'node', title: 'NODE', wide: true, cell: (row) => pods.find(row.host, row.port)?.node ?? '' };
  const [endpoint, ...columns] = listing.columns;
  const gone = listing.rows.filter((row) => nameOf(row) === NO_POD);
  const note = `[PC1132]: ${gone.length} ${gone.length === 1 ? 'endpoint belongs' : 'endpoints belong'} to no pod any more: ${[...new Set(gone.map((row) => row.address ?? ''))].slice(0, 5).join(', ')}`;
  return {
    ...listing,
    columns: endpoint === undefined ? [column, node] : [endpoint, column, ...columns, node],
    notes: gone.length === 0 ? listing.notes : [...listing.notes, note],
  };
}

/** A line for each endpoint that a trace leads to: its pod and node. */
export function* tracedPods(answer: TraceAnswer, pods: PodDirectory): Generator<string> {
  const told = new Set<string>();
  for (const { endpoints, cluster } of answer.outcomes) {
    for (const { address } of endpoints ?? []) {
      if (told.has(address)) continue;
      told.add(address);
      const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
      const pod = pods.find(host, Number(port));
      const name = podName(pods, host, Number(port), cluster ?? '');
      if (pod !== undefined) yield `${address} is pod ${name}${pod.node === undefined ? '' : ` on node ${pod.node}`}`;
      else if (name === NO_POD) yield `${address} belongs to no pod any more`;
    }
  }
}

const NO_POD = '(no pod)';

function podName(pods: PodDirectory, host: string, port: number, cluster: string): string {
  const pod = pods.find(host, port);
  if (pod !== undefined) return `${pod.name}.${pod.namespace}`;
  return pods.isWhole && host !== '' && OF_SERVICE.test(cluster) ? NO_POD : '-';
}
