const LIVE = /^(?<origin>[^?]+)(?<path>\/config_dump\?[\w&=,.-]+)$/;
/** `web-1.shop`, as pc calls a pod. */
const POD = /^(?<pod>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)\.(?<namespace>[a-z0-9-]+)$/;

/**
 * The shell command that shows a place of a document: jq on the file; of a live proxy on what curl fetches, or on what `pc capture` writes,
 * since nothing listens for it on this machine. In: the place as a path that jq takes, and what the document is called.
 */
export function showCommand(path: string, document: string): string {
  const { origin, path: request } = LIVE.exec(document)?.groups ?? {};
  if (origin === undefined) return `jq '${path}' ${shellWord(document)}`;
  if (/^https?:\/\//.test(origin)) return `curl -s '${document}' | jq '${path}'`;
  const socket = /^unix:(?:\/\/)?(\/.*)$/.exec(origin)?.[1];
  if (socket !== undefined) return `curl -s --unix-socket ${shellWord(socket)} 'http://localhost${request}' | jq '${path}'`;
  const { pod, namespace } = POD.exec(origin)?.groups ?? {};
  if (pod === undefined) return `jq '${path}' ${shellWord(document)}`;
  return `pc capture ${origin} -o ${pod} && jq '${path}' ${pod}/${namespace}/${pod}/config_dump.json`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
