import type { Args, Flags, Positional } from './command.ts';

const LIVE = 'Live proxy:';

/** How a live proxy is reached. */
export const LIVE_FLAGS = {
  url: { type: 'string', list: true, describe: 'admin interface of an Envoy: http://HOST:PORT, or unix:/path', group: LIVE },
  namespace: { type: 'string', alias: 'n', describe: 'namespace of the target', group: LIVE },
  selector: { type: 'string', alias: 'l', describe: 'the pods with these labels: app=web,version!=v2', group: LIVE },
  'all-pods': { type: 'boolean', describe: 'every pod of the target, not the best one', group: LIVE },
  'admin-port': { type: 'string', describe: "port of Envoy's admin interface in the pod (found from the pod by default)", group: LIVE },
  context: { type: 'string', describe: 'context of the kubeconfig', group: LIVE },
  kubeconfig: { type: 'string', describe: 'kubeconfig file', group: LIVE },
  as: { type: 'string', describe: 'act as this user', group: LIVE },
  'as-group': { type: 'string', list: true, describe: 'act as a member of this group', group: LIVE },
  via: { type: 'string', choices: ['websocket', 'kubectl'], describe: 'how pods are reached; kubectl opens a port on 127.0.0.1 meanwhile', group: LIVE },
  timeout: { type: 'string', describe: 'time limit of each request to a proxy: 30s, 2m', group: LIVE },
} as const satisfies Flags;

export type LiveArgs = Args<typeof LIVE_FLAGS>;

/** The positional that names a proxy in a cluster. */
export const TARGET: Positional = {
  name: 'target',
  describe: 'a proxy in Kubernetes: POD, POD.NAMESPACE, deploy/NAME, sts/, ds/, rs/, job/, svc/, pod/, gateway/NAME',
};

/** Several of them. */
export const TARGETS: Positional = { ...TARGET, list: true };
