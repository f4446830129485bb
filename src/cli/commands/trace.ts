import { Failure } from '../../dump/failure.ts';
import type { TraceRequest } from '../../match/request.ts';
import type { TraceAnswer } from '../../trace/trace-answer.ts';
import { type Args, defineCommand } from '../command.ts';
import { inputProxy } from '../command-input.ts';
import { COMMON_FLAGS } from '../common-flags.ts';
import { parseCurl } from '../curl-command.ts';
import { EXIT, type ExitStatus } from '../exit-code.ts';
import { TARGET } from '../live-flags.ts';
import { printTraces } from '../print-traces.ts';
import { nextCalls, traceInput } from '../trace-input.ts';
import { type QuestionFlags, questionOf } from '../trace-question.ts';
import { type TracedProxy, tracedProxy } from '../traced-proxy.ts';

const REQUEST = 'Request:';
const CONNECTION = 'Connection:';
const CHAIN = 'Across proxies:';

/** What `pc trace` takes, and `pc watch` with it. */
export const TRACE_FLAGS = {
  ...COMMON_FLAGS,
  from: { type: 'string', describe: 'the live proxy, as the target: pc trace URL --from deploy/webapp', group: COMMON_FLAGS.url.group },
  output: { ...COMMON_FLAGS.output, choices: ['text', 'json', 'jsonl', 'yaml'], describe: 'text, json (docs/trace-json.md), or jsonl for --requests' },
  method: { type: 'string', alias: 'X', describe: 'request method', group: REQUEST },
  header: { type: 'string', alias: 'H', list: true, describe: "request header, as 'name: value'", group: REQUEST },
  data: { type: 'string', alias: 'd', describe: 'request body', group: REQUEST },
  curl: { type: 'string', describe: 'take the request from a pasted curl command', group: REQUEST },
  http: { type: 'string', choices: ['1.0', '1.1', '2'], describe: 'HTTP version of the client', group: REQUEST },
  metadata: { type: 'string', list: true, describe: 'dynamic metadata or filter state to assume: namespace.key=value', group: REQUEST },
  sni: { type: 'string', describe: "server name in the client's TLS handshake (the URL's host by default)", group: CONNECTION },
  alpn: { type: 'string', list: true, describe: 'protocols that the client offers in its TLS handshake', group: CONNECTION },
  tls: { type: 'boolean', describe: 'the client speaks TLS (by default: what the scheme says)', group: CONNECTION },
  'client-cert': { type: 'boolean', describe: 'the client brings a certificate that the proxy trusts', group: CONNECTION },
  source: { type: 'string', describe: 'address[:port] of the client, as Envoy sees it', group: CONNECTION },
  to: { type: 'string', describe: 'address:port that the client connects to: the original destination', group: CONNECTION },
  listener: { type: 'string', describe: 'listener that gets the connection: its name, or address:port', group: CONNECTION },
  explain: { type: 'boolean', describe: 'show the rule of every hop, and what was not taken', group: OUTPUT_GROUP() },
  random: { type: 'string', describe: 'follow the one way that Envoy takes for this random number, instead of all', group: REQUEST },
  objects: {
    type: 'string',
    list: true,
    describe: 'Kubernetes objects (files or folders of YAML, or live: those of the cluster) to tell a break to its cause, or to try a fix',
    group: REQUEST,
  },
  requests: { type: 'string', describe: 'answer a file of requests, one JSON object a line (- for standard input)', group: REQUEST },
  follow: { type: 'boolean', describe: 'go on at the proxies behind the endpoints (with several dumps that is so by itself)', group: CHAIN },
  'no-follow': { type: 'boolean', describe: 'stay at the first proxy, where several dumps are given', group: CHAIN },
  next: {
    type: 'string',
    list: true,
    describe: 'what the application calls next, which no dump tells: a URL, or a curl command; repeat it for the next one',
    group: CHAIN,
  },
  owner: { type: 'string', list: true, describe: "whose address that is, as a load balancer's: ADDRESS[:PORT]=PROXY", group: CHAIN },
} as const;

function OUTPUT_GROUP(): string {
  return COMMON_FLAGS.output.group;
}

export const command = defineCommand({
  flags: TRACE_FLAGS,
  positionals: [{ name: 'request', describe: 'the request: http://host[:port]/path?query' }, TARGET],
  examples: [
    ['pc trace http://shop.example/items -f config_dump.json', 'where does this request go, and where does it break?'],
    [
      'pc trace https://shop.example/ -X POST -H "x-user: jason" -f config_dump.json -f clusters.json',
      'with a method, a header, and the health that /clusters knows',
    ],
    ['pc trace http://reviews:9080/ --to 10.96.4.7:9080 -f sidecar.json', 'from within a pod, by the address that its client dials'],
    [`pc trace --curl 'curl -H "Host: a.example" http://10.0.0.1/x' -f config_dump.json`, 'a pasted curl command'],
    ['pc trace http://shop.example/ -f config_dump.json --objects fix.yaml', 'would these objects mend the break?'],
    ['pc trace http://catalog/items --from deploy/webapp --objects live', 'the cause, by the objects in the cluster'],
    ['pc trace -f config_dump.json --requests requests.jsonl -o jsonl', 'thousands of requests in one go'],
    ['pc trace http://web.example/ -f gateway.json -f web.json -f catalog.json --next http://catalog/items', 'over all proxies, and on with what web calls'],
    ['pc trace http://web.example/ --from deploy/istio-ingressgateway --follow', 'the same, each proxy found by its address'],
  ],
  async run(args, io): Promise<ExitStatus> {
    const random = randomOf(args.random);
    if (args.requests !== undefined && args.follow) {
      const { followBatch } = await import('../follow-batch.ts');
      await followBatch(await traceInput(withTarget(args), io, false), args.requests, { random, calls: nextCalls(args.next), owners: args.owner }, io);
      return EXIT.fine;
    }
    if (args.requests !== undefined) {
      const proxy = await inputProxy(withTarget(args), { kinds: 'everything', companions: ['clusters'] }, io);
      const { traceBatch } = await import('../trace-batch.ts');
      await traceBatch(proxy, args.requests, random, io);
      return EXIT.fine;
    }
    const request = requestOf(args);
    const output = args.output ?? 'text';
    const input = await traceInput(withTarget(args), io, output === 'text');
    const options = { random, explain: args.explain === true, objects: args.objects, selection: args };
    if (input.kind === 'chain') {
      const { followedProxy } = await import('../followed-proxy.ts');
      const { first, all, lookUp } = input;
      const followed = await followedProxy(first, all, request, { ...options, calls: nextCalls(args.next), owners: args.owner, lookUp }, io);
      await printTraces([followed], output, io);
      return followed.status;
    }
    const traces: TracedProxy[] = [];
    for (const proxy of input.inputs) traces.push(await tracedProxy(proxy, request, options, io));
    await printTraces(traces, output, io);
    return worstOf(traces.map(({ answer }) => statusOf(answer)));
  },
});

/** The proxy may be named by --from, or, where the request is no URL, by the only argument. */
function withTarget<T extends Args<typeof TRACE_FLAGS> & { readonly [positional: string]: unknown }>(args: T): T {
  const isElsewhere = args.curl !== undefined || args.requests !== undefined;
  const named = isElsewhere && args['target'] === undefined ? args['request'] : args['target'];
  if (args.from !== undefined && named !== undefined) {
    throw new Failure({ id: 'PC1011', what: `--from ${args.from} and the target ${named} are both named`, next: 'give one of them' });
  }
  const target = args.from ?? named;
  return { ...args, target };
}

/** Of several proxies the finding counts first, since it is what a request may meet. */
function worstOf(statuses: readonly ExitStatus[]): ExitStatus {
  return [EXIT.finding, EXIT.undetermined].find((status) => statuses.includes(status)) ?? EXIT.fine;
}

/** 0 forwarded, or answered below 400; 1 broken or refused, in whole or in part; 3 undetermined. */
function statusOf(answer: TraceAnswer): ExitStatus {
  if (answer.verdict === 'undetermined') return EXIT.undetermined;
  const fails = answer.outcomes.some((o) => o.verdict === 'broken' || (o.verdict === 'answered' && (o.status ?? 0) >= 400));
  return fails ? EXIT.finding : EXIT.fine;
}

/** The request that a command line asks about. Throws Failure PC1011 or PC1020. */
export function requestOf(args: Args<typeof TRACE_FLAGS> & { readonly [positional: string]: unknown }): TraceRequest {
  const own: QuestionFlags = {
    method: args.method,
    header: args.header ?? [],
    data: args.data,
    sni: args.sni,
    alpn: (args.alpn ?? []).flatMap((protocols) => protocols.split(',')),
    tls: args.tls === true ? true : undefined,
    clientCert: args['client-cert'] === true ? true : undefined,
    source: args.source,
    to: args.to,
    listener: args.listener,
    http: args.http,
    metadata: args.metadata ?? [],
  };
  if (args.curl !== undefined) {
    const curl = parseCurl(args.curl);
    const said = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)));
    return questionOf(curl.url, { ...curl.flags, ...said } as QuestionFlags);
  }
  const url = args['request'];
  if (typeof url !== 'string' || url === '')
    throw new Failure({ id: 'PC1011', what: 'pc trace needs a URL, --curl or --requests', next: 'pc trace http://host/path -f config_dump.json' });
  return questionOf(url, own);
}

function randomOf(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text))
    throw new Failure({ id: 'PC1020', what: `--random ${text} is not a whole number`, next: 'give a decimal number, such as --random 42' });
  return BigInt(text);
}
