import { CLUSTER_FIDELITY } from '../../src/trace/fidelity/cluster-fidelity.ts';
import type { FidelityTable } from '../../src/trace/fidelity/fidelity-table.ts';
import { FILTER_FIDELITY } from '../../src/trace/fidelity/filter-fidelity.ts';
import { HTTP_FIDELITY } from '../../src/trace/fidelity/http-fidelity.ts';
import { LISTENER_FIDELITY } from '../../src/trace/fidelity/listener-fidelity.ts';
import { ROUTE_FIDELITY } from '../../src/trace/fidelity/route-fidelity.ts';
import { TUNNEL_ROWS } from '../../src/trace/fidelity/tunnel-rows.ts';
import { FILTER_MODELS, OPAQUE, WITHOUT_EFFECT } from '../../src/trace/http-filters/filter-models.ts';

/** The tables by the part of the walk that meets them. A message that several have stands where it is first. */
export const PARTS: readonly (readonly [title: string, table: FidelityTable])[] = [
  ['Listeners, filter chains and network filters', LISTENER_FIDELITY],
  ['The HTTP connection manager', HTTP_FIDELITY],
  ['Routes', ROUTE_FIDELITY],
  ['HTTP filters', FILTER_FIDELITY],
  ['Tunnels', TUNNEL_ROWS],
  ['Clusters and endpoints', CLUSTER_FIDELITY],
];

const HEAD = `# What trace models, and what it does not

Generated from the tables in \`src/trace/fidelity/\` by \`npm run docs:fidelity\`; do not edit.

\`pc trace\` answers what a real Envoy 1.40 answers, or says what it cannot know. For each field that it meets on a request's way there is a row below:

- **modelled**: followed as Envoy does. *Shown by* names a recorded case, a test, or a part of the generator whose random configurations a real Envoy judges (\`test/oracle/\`).
- **no effect**: cannot change the verdict: statistics, logging, headers towards the upstream, and what happens after a host is chosen (retries, time limits, resets).
- **condition**: something outside the dump decides. The answer then lists every way with its condition, and no probabilities.
- **undetermined**: not modelled. Where it is set, the verdict is \`undetermined\` and names the field and its place.

A field that has no row, and a field that the schema does not know, makes the verdict \`undetermined\` as well. \`test/trace/\` holds the tables to the schema, and adds an unknown field at each hop.

## What gives a condition

| condition | why |
|---|---|
| a DNS name resolves, or does not | dumps list what was resolved; where they list only the name, nobody knows |
| an authorization or rate limit service allows, denies, or cannot be reached | it is asked for each request. What ext_authz denies *with* is its own choice, so the answer is \`undetermined\` beside its alternatives |
| Mixer allows (Istio before 1.5) | it is asked for each request |
| a token is valid, a password is right | a dump holds neither keys nor passwords |
| an API key is known | Envoy masks the keys in its dump; a bootstrap file shows them |
| a local rate limit has a token left | the buckets are not in a dump; one that holds none refuses for certain |
| a health check filter finds its clusters healthy enough, or kept an earlier answer | it looks at the moment |
| a body over HTTP/2 above the buffer filter's limit comes in one piece | then it is never buffered |
| which arm of a split, or which host, a hash falls to | the hash is not computed |
| which of two equal filter chains Envoy took at its start | a chain for \`0.0.0.0/0\` beside one without prefixes is the same entry; Envoy's answer differs from start to start |
| the client takes the certificate of a chain that is not mutual | Istio's clients want a SPIFFE identity |
| the connection to the chosen host stands | only where a circuit breaker of zero requests would act behind it |
| the flag of an unknown cluster before Envoy 1.18 | it was NR then |
| a runtime key is not set by a disk or RTDS layer, or by a bootstrap that the input lacks | dumps hold static layers alone; \`/runtime\` beside the dump settles it. Without a bootstrap only keys that the configuration names are meant; guards of Envoy's own changes (\`envoy.reloadable_features\`) are taken as the dump shows them |

## What is undetermined

Lua scripts that answer or change requests, Wasm (but Istio's own plugins), ext_proc, OAuth2, composite and custom-response filters; plugins that choose clusters or routes; internal redirects (the upstream decides); virtual hosts on demand (VHDS) where no host of the dump fits; HTTP/3 and UDP listeners; redis, MCP and reverse-connection clusters; a matcher on a value that Envoy makes up (a generated \`x-request-id\`, \`x-forwarded-for\` of a loopback client, what mutual TLS writes into \`x-forwarded-client-cert\`); resources of a kind that the input does not show (a masked dump, a bootstrap file with xDS).

What happens after the host is chosen is beyond a dump: a request that is refused, reset or timed out by the upstream counts as forwarded.
`;

/** The text of docs/fidelity.md. */
export function fidelityPage(): string {
  const seen = new Set<string>();
  const parts = PARTS.map(([title, table]) => {
    const messages = Object.keys(table).filter((name) => !seen.has(name) && Object.keys(table[name] ?? {}).length > 0);
    for (const name of messages) seen.add(name);
    return `\n## ${title}\n${messages.map((name) => section(name, table)).join('')}`;
  });
  return `${HEAD}${httpFilters()}${parts.join('')}`;
}

/** The HTTP filters by what trace makes of their type. */
function httpFilters(): string {
  const others = new Set([...WITHOUT_EFFECT, ...Object.keys(OPAQUE)]);
  const list = (types: Iterable<string>): string => [...types].map((type) => `\`${type.replace('envoy.extensions.filters.http.', '')}\``).join(', ');
  const evaluated = [...FILTER_MODELS.keys()].filter((type) => !others.has(type));
  const opaque = Object.entries(OPAQUE).map(([type, what]) => `| ${list([type])} | ${what} |\n`);
  return `
## HTTP filters, by the message of their configuration

Names of Envoy's own are shortened by \`envoy.extensions.filters.http.\`.

Evaluated, field by field as below where a filter has rows: ${list(evaluated)}.

Without effect on where a request goes and whether it is answered: ${list(WITHOUT_EFFECT)}. (What gRPC-Web makes of a local reply's \`grpc-status\` is not followed.)

Undetermined where a request meets them:

| filter | what it does |
|---|---|
${opaque.join('')}
Any other filter is undetermined, and named.
`;
}

function section(name: string, table: FidelityTable): string {
  const lines = Object.entries(table[name] ?? {}).map(([field, row]) => `| \`${field}\` | ${row.treatment} | ${cell(row.note)} | ${cell(row.proof ?? '')} |`);
  return `\n### \`${name}\`\n\n| field | treatment | note | shown by |\n|---|---|---|---|\n${lines.join('\n')}\n`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
