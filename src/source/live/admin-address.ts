import { Failure } from '../../dump/failure.ts';

/** Where an admin interface is, as the user named it. */
export interface AdminAddress {
  /** What the user calls it. */
  readonly label: string;
  /** `http://127.0.0.1:15000`; for a socket file only what goes into the Host header. */
  readonly origin: string;
  readonly socketPath?: string;
  /** What stands before every admin path, without a slash at its end: '' or `/proxy/admin`. */
  readonly basePath: string;
}

const NEXT = 'write it as http://HOST:PORT or unix:/path/to/socket';

/** Reads the value of `--url`. Throws Failure PC1120 for text that is no address of an admin interface. */
export function parseAdminAddress(text: string): AdminAddress {
  const socketPath = /^unix:(?:\/\/)?(\/.*|@.+)$/.exec(text)?.[1];
  if (socketPath !== undefined) return { label: text, origin: 'http://localhost', socketPath: socketPath.replace(/^@/, '\0'), basePath: '' };
  const url = urlOf(text);
  if (url === undefined || url.hostname === '') throw new Failure({ id: 'PC1120', what: `--url ${JSON.stringify(text)} is not an address`, next: NEXT });
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Failure({ id: 'PC1120', what: `--url ${text}: the scheme ${url.protocol.slice(0, -1)} is none that an admin interface speaks`, next: NEXT });
  }
  // A pasted link to one of Envoy's pages stands for the interface itself.
  const basePath = url.pathname.replace(/\/(?:config_dump|clusters|listeners|certs|server_info|stats|ready|help)?$/, '');
  return { label: url.origin + basePath, origin: url.origin, basePath };
}

function urlOf(text: string): URL | undefined {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(whole) ? new URL(whole) : undefined;
}
