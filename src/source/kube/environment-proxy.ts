/** The value of a variable in either case, as Go's programs read it. */
function variable(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return env[name] || env[name.toLowerCase()] || undefined;
}

/**
 * The proxy that the environment asks for, as kubectl takes it (golang.org/x/net/http/httpproxy): $HTTPS_PROXY for https, $HTTP_PROXY for
 * http, unless $NO_PROXY names the host, a domain above it, or *; never for this machine itself. Undefined where there is none.
 */
export function environmentProxy(server: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const { protocol, hostname, port } = new URL(server);
  const proxy = variable(env, protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (proxy === undefined || host === 'localhost' || host === '::1' || host.startsWith('127.')) return undefined;
  const isExempt = (variable(env, 'NO_PROXY') ?? '')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || coversHost(entry, host, port));
  if (isExempt) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function coversHost(entry: string, host: string, port: string): boolean {
  const [, name = entry, own] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (own !== undefined && own !== port) return false;
  const network = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(name);
  if (network !== null) return inNetwork(host, network[1] ?? '', Number(network[2]));
  const domain = name.replace(/^\*?\./, '');
  return host === name || host.endsWith(`.${domain}`);
}

function inNetwork(host: string, base: string, bits: number): boolean {
  const numberOf = (text: string): number | undefined =>
    /^\d+(?:\.\d+){3}$/.test(text) ? text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) : undefined;
  const [own, network] = [numberOf(host), numberOf(base)];
  if (own === undefined || network === undefined) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(own / size) === Math.floor(network / size);
}
