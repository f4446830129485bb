import { buildProxyConfig } from '../../decode/build-proxy-config.ts';
import { describeProxy } from '../../describe/describe-proxy.ts';
import type { Description, PodRequirement } from '../../describe/description.ts';
import { podRequirements } from '../../describe/pod-requirements.ts';
import type { JsonValue } from '../../dump/json-value.ts';
import { controlPlaneName } from '../../query/proxy-status.ts';
import { describeText } from '../../render/describe-text.ts';
import { styleFor } from '../../render/style.ts';
import { defineCommand } from '../command.ts';
import { inputProxies, targetsOf } from '../command-input.ts';
import { COMMON_FLAGS, nowOf } from '../common-flags.ts';
import { statsOf } from '../document-stats.ts';
import { EXIT } from '../exit-code.ts';
import { LIVE_FLAGS, TARGET } from '../live-flags.ts';
import type { LiveInput } from '../live-input.ts';
import { masker } from '../masker.ts';
import { tellInputNotes } from '../notes.ts';

/** A page is no wider than this, so that a wide terminal's lines can still be read. */
const WIDTH = 120;
const NARROWEST = 72;
const CONTROL_PLANE_STATS = '/stats?format=json&filter=^control_plane%5C.';

export const command = defineCommand({
  flags: { ...COMMON_FLAGS, ...LIVE_FLAGS, output: { ...COMMON_FLAGS.output, choices: ['text', 'json', 'yaml'], default: 'text' } },
  positionals: [TARGET],
  examples: [
    ['pc describe -f config_dump.json', 'what this proxy is, listens on, routes, enforces, and what is not known'],
    ['pc describe -f config_dump.json -f certs.json -f server_info.json', 'with certificates from files, state and uptime'],
    ["pc describe -f config_dump.json -o json | jq -r '.proxies[].inbound[] | [.port, .mode] | @tsv'", 'for scripts: docs/describe-json.md'],
  ],
  async run(args, io) {
    const now = nowOf(args);
    const needs = { kinds: 'everything', companions: ['clusters', 'certs', 'server_info'], more: [CONTROL_PLANE_STATS] } as const;
    const inputs = await inputProxies(args, needs, io, { withSurroundings: true });
    const descriptions: Description[] = [];
    for (const input of inputs) {
      const proxy = buildProxyConfig(input.name, input.documents, input.notes);
      tellInputNotes(proxy, io);
      const found = describeProxy(proxy, { now, controlPlane: controlPlaneStats(input), masked: masker(args) });
      descriptions.push({ ...found, pod: requirementsOf(input, found) });
    }
    if (args.output === 'text') {
      const width = Math.max(NARROWEST, Math.min(WIDTH, io.columns ?? WIDTH));
      const again = [
        ...args.file.map((file) => `-f ${file}`),
        ...(args.proxy === undefined ? [] : [`--proxy ${args.proxy}`]),
        ...args.url.map((url) => `--url ${url}`),
        ...targetsOf(args),
      ];
      const pages = descriptions.map((description) => describeText(description, { style: styleFor(io.color), width, again: again.join(' ') }));
      io.out(pages.join('\n'));
      return EXIT.fine;
    }
    const document = { version: 1, proxies: descriptions } as unknown as JsonValue;
    io.out(args.output === 'json' ? `${JSON.stringify(document, null, 2)}\n` : (await import('../../render/yaml-text.ts')).yamlText(document));
    return EXIT.fine;
  },
});

/** What the counters of a live proxy tell of its control plane. */
function controlPlaneStats({ documents }: LiveInput): { readonly version: string | undefined; readonly connected: boolean | undefined } | undefined {
  const stats = statsOf(documents);
  const identifier = stats?.get('control_plane.identifier');
  const connected = stats?.get('control_plane.connected_state');
  if (identifier === undefined && connected === undefined) return undefined;
  return {
    version: typeof identifier === 'string' && identifier !== '' ? controlPlaneName(identifier) : undefined,
    connected: connected === undefined ? undefined : connected === 1,
  };
}

/** How the pod keeps what Istio asks; null where there is none, or its proxy is not Istio's. */
function requirementsOf({ surroundings }: LiveInput, { identity }: Description): readonly PodRequirement[] | null {
  if (surroundings === undefined || (identity.maker !== null && identity.maker.value !== 'Istio')) return null;
  return podRequirements(surroundings, identity.role?.value);
}
