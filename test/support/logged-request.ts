/** What a line of Istio's default access log tells of a request's way. */
export interface LoggedRequest {
  readonly text: string;
  /** With the query; null for a connection without HTTP. */
  readonly path: string | null;
  readonly status: number;
  readonly flags: string | null;
  readonly authority: string | null;
  readonly host: string | null;
  readonly cluster: string | null;
  /** `ip:port` of the connection's original destination. */
  readonly destination: string;
}

const LINE =
  /^\[[^\]]*\] "(?:(\S+) (\S+) \S+|- - -)" (\d+) (\S+) (\S+) \S+ "[^"]*" \S+ \S+ \S+ \S+ "[^"]*" "[^"]*" "[^"]*" "([^"]*)" "([^"]*)" (\S+) (\S+) (\S+) (\S+) (\S+) (\S+)$/;

/** Reads a line of Istio's default format. Throws for any other. */
export function loggedRequest(text: string): LoggedRequest {
  const found = LINE.exec(text);
  if (found === null) throw new Error(`no line of Istio's access log: ${text}`);
  const [, , path, status, flags, , authority, host, cluster, , destination = ''] = found;
  return {
    text,
    path: path ?? null,
    status: Number(status),
    flags: plain(flags),
    authority: plain(authority),
    host: plain(host),
    cluster: plain(cluster),
    destination,
  };
}

const plain = (text: string | undefined): string | null => (text === undefined || text === '-' ? null : text);
