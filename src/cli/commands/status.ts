import { buildProxyConfig } from '../../decode/build-proxy-config.ts';
import { type ProxyStatus, proxyStatus } from '../../query/proxy-status.ts';
import type { SyncedProxy } from '../../query/sync-state.ts';
import { paddedColumns } from '../../render/padded-columns.ts';
import { STATUS_REQUESTS } from '../../source/live/status-requests.ts';
import type { ProxyInput } from '../../source/read-input.ts';
import { defineCommand } from '../command.ts';
import { isLive, targetsOf } from '../command-input.ts';
import { COMMON_FLAGS, nowOf } from '../common-flags.ts';
import { statsOf } from '../document-stats.ts';
import { durationOf } from '../duration-flag.ts';
import { EXIT } from '../exit-code.ts';
import { TARGETS } from '../live-flags.ts';
import { loadProxies } from '../load-proxy.ts';
import { READING_FLAGS, readingOptions } from '../reading-flags.ts';
import { usageFailure } from '../run-cli.ts';
import { ageText, statusRows } from '../status-table.ts';

const {
  file,
  proxy,
  url,
  namespace,
  selector,
  'admin-port': adminPort,
  context,
  kubeconfig,
  as,
  'as-group': asGroup,
  via,
  timeout,
  now,
  output,
} = COMMON_FLAGS;

export const command = defineCommand({
  flags: {
    ...{ file, proxy, url, namespace, selector, 'all-pods': COMMON_FLAGS['all-pods'], 'admin-port': adminPort, context, kubeconfig, as, 'as-group': asGroup },
    ...{ via, timeout, now },
    ...READING_FLAGS,
    'all-namespaces': { type: 'boolean', alias: 'A', describe: 'the proxies of every namespace', group: 'Live proxy:' },
    'istio-namespace': { type: 'string', alias: 'i', default: 'istio-system', describe: 'where istiod runs', group: 'Live proxy:' },
    output: { ...output, choices: ['short', 'wide', 'json'], default: 'short', describe: 'a line for each proxy, for each type, or JSON' },
  },
  positionals: [TARGETS],
  examples: [
    ['pc status', 'every proxy of the namespace: what it took of its control plane, what it refused and why'],
    ['pc status -A', 'of the mesh'],
    ['pc status deploy/web -o wide', 'a line for each type, with versions and counters'],
    ['pc status -f capture', 'of saved dumps'],
  ],
  async run(args, io) {
    const at = nowOf(args);
    const isSaved = args.file.length > 0;
    if (isSaved && (isLive(args) || args['all-namespaces'])) throw usageFailure('a file and a live proxy are named', 'status');
    let inputs: readonly ProxyInput[];
    let synced: ReadonlyMap<string, SyncedProxy> = new Map();
    if (isSaved) inputs = await loadProxies({ files: args.file, proxy: args.proxy, ...readingOptions(args, io) });
    else {
      const { readLive } = await import('../live-input.ts');
      const needs = { kinds: [], more: STATUS_REQUESTS } as const;
      const wholeNamespace = args.url.length === 0 && targetsOf(args).length === 0;
      inputs = await readLive(args, needs, io, { allPods: true, allNamespaces: args['all-namespaces'], skipOthers: wholeNamespace, wholeNamespace });
      if (args.url.length === 0) {
        const { kubeApi } = await import('../../source/kube/kube-api.ts');
        const { istiodView } = await import('../istiod-view.ts');
        const limitMs = args.timeout === undefined ? undefined : durationOf('--timeout', args.timeout);
        const api = kubeApi({ kubeconfig: args.kubeconfig, context: args.context, as: args.as, asGroups: args['as-group'], env: io.env, limitMs });
        synced = await istiodView(api, args['istio-namespace'], limitMs, io);
      }
    }
    const statuses = inputs.map((input) => proxyStatus(buildProxyConfig(input.name, input.documents, input.notes), statsOf(input.documents)));
    for (const input of inputs) for (const note of input.notes) io.err(`note[${note.id}]: ${note.what} (${note.document})\n`);
    if (args.output === 'json')
      io.out(
        `${JSON.stringify(
          statuses.map((status) => jsonOf(status, synced.get(status.proxy))),
          null,
          2,
        )}\n`,
      );
    else {
      for (const line of paddedColumns(statusRows(statuses, synced, args.output === 'wide', at), { padding: 2 })) io.out(line);
      for (const status of statuses) for (const line of rejectionLines(status, at)) io.out(line);
    }
    const isBad = statuses.some((status) => status.rejected.length > 0 || status.connected === false);
    return isBad ? EXIT.finding : EXIT.fine;
  },
});

function rejectionLines(status: ProxyStatus, now: Date): string[] {
  return status.rejected.map(({ type, name, details, version, lastAttempt }) => {
    const facts = [
      version === undefined || version === '' ? '' : `version ${version}`,
      lastAttempt === undefined ? '' : `${ageText(lastAttempt, now)} ago`,
    ].filter((fact) => fact !== '');
    return `\n${status.proxy} refused ${type} ${JSON.stringify(name)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}:\n  ${details.replace(/\s+/g, ' ').trim() || 'Envoy gives no reason'}\n`;
  });
}

function jsonOf(status: ProxyStatus, synced: SyncedProxy | undefined): unknown {
  return { ...status, types: status.types.map((type) => ({ ...type, istiod: synced?.types.get(type.type) ?? null })) };
}
