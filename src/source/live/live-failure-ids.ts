/**
 * The ids of failures and notes about live proxies, PC11xx, one line each. Ids are permanent: they stand in scripts and bug reports.
 * A Failure ends the command with status 2; a note goes to standard error and the rest works.
 */
export const LIVE_IDS = {
  PC1100: 'no-kubeconfig: no kubeconfig was found, and pc does not run in a cluster',
  PC1101: 'unknown-context: the kubeconfig has no such context, or one that names no cluster',
  PC1102: 'api-unreachable: the API server does not answer',
  PC1103: 'api-certificate: the API server has a certificate that is not trusted, or is not for its name',
  PC1104: 'api-unauthorized: the API server does not accept the credentials (401), or there are none',
  PC1105: 'api-forbidden: the role lacks a permission (403)',
  PC1106: 'not-found: there is no such namespace, workload or pod',
  PC1107: 'no-pods: the workload has no pods',
  PC1108: 'no-running-pod: no pod of the target runs',
  PC1109: 'ambiguous-target: the name, or the target, stands for several pods',
  PC1110: 'no-proxy: the pod has no container that is an Envoy',
  PC1111: 'not-envoy: the pod is a ztunnel, which is no Envoy',
  PC1112: 'admin-closed: nothing listens on the admin port',
  PC1113: 'admin-status: the admin port answers with a status other than 200',
  PC1114: 'admin-not-json: the admin port answers with something else than the JSON that was asked for',
  PC1115: 'transfer-cut: the connection ended before the whole answer came',
  PC1116: 'time-limit: the time limit passed, or nothing came for too long',
  PC1117: 'admin-unreachable: the address of --url cannot be reached',
  PC1118: 'api-error: the API server answers with another error',
  PC1119: 'credentials-failed: the credentials of the kubeconfig could not be got (an exec plugin, a token file)',
  PC1120: 'bad-target: the target or address is not one that pc knows',
  PC1121: 'tunnel-refused: the API server opens no port-forward by WebSocket',
  PC1122: 'kubectl-failed: --via kubectl needs a kubectl that works',
  PC1123: 'unwritable: the output cannot be written',
  PC1124: 'unknown-logger: the proxy has no such logger, or the level is none',
  PC1130: 'pod-picked: which pod of several was taken, and why',
  PC1131: 'pods-not-listed: the names of pods are left out, since they could not be listed',
  PC1132: 'endpoint-without-pod: an endpoint of the mesh belongs to no pod any more',
  PC1133: 'fetched-whole: the proxy does not give a part of its configuration, so all of it was fetched',
  PC1134: 'part-missing: one of several proxies, or one part of a capture, could not be had',
  PC1135: 'objects-not-read: some kinds of objects behind the proxy could not be read, and nothing is concluded from their absence',
} as const;

export type LiveId = keyof typeof LIVE_IDS;
