/** What one line of an access log says of a request or connection, whatever its format. '' where the line has `-` or nothing. */
export interface LogEntry {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly protocol: string;
  /** 0 where no response was begun. */
  readonly status: number;
  /** As logged: `UF,URX`; '' for none. */
  readonly flags: string;
  readonly details: string;
  readonly termination: string;
  readonly transportFailure: string;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Milliseconds; undefined where the line does not say. */
  readonly durationMs: number | undefined;
  /** Milliseconds that the upstream took: x-envoy-upstream-service-time. */
  readonly serviceMs: number | undefined;
  readonly forwardedFor: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly authority: string;
  readonly upstreamHost: string;
  /** The cluster's name, or its alt_stat_name. */
  readonly cluster: string;
  readonly upstreamLocal: string;
  readonly downstreamLocal: string;
  readonly downstreamRemote: string;
  readonly sni: string;
  readonly route: string;
}

export type LogField = keyof LogEntry;

/** How a known format turns a line into an entry; undefined where the line is not of that format. */
export type LineReader = (line: string) => LogEntry | undefined;

/** An entry from texts by field: `-` is nothing, numbers are read. */
export function entryOf(value: (field: LogField) => string | undefined): LogEntry {
  return {
    time: text(value('time')),
    method: text(value('method')),
    path: text(value('path')),
    protocol: text(value('protocol')),
    status: number(value('status')) ?? 0,
    flags: text(value('flags')),
    details: text(value('details')),
    termination: text(value('termination')),
    transportFailure: text(value('transportFailure')),
    bytesReceived: number(value('bytesReceived')) ?? 0,
    bytesSent: number(value('bytesSent')) ?? 0,
    durationMs: number(value('durationMs')),
    serviceMs: number(value('serviceMs')),
    forwardedFor: text(value('forwardedFor')),
    userAgent: text(value('userAgent')),
    requestId: text(value('requestId')),
    authority: text(value('authority')),
    upstreamHost: withoutScheme(text(value('upstreamHost'))),
    cluster: text(value('cluster')),
    upstreamLocal: text(value('upstreamLocal')),
    downstreamLocal: text(value('downstreamLocal')),
    downstreamRemote: text(value('downstreamRemote')),
    sni: text(value('sni')),
    route: text(value('route')),
  };
}

function text(found: string | undefined): string {
  return found === undefined || found === '-' ? '' : found;
}

function number(found: string | undefined): number | undefined {
  if (found === undefined || found === '-' || found === '') return undefined;
  const parsed = Number(found);
  return Number.isNaN(parsed) ? undefined : parsed;
}

function withoutScheme(address: string): string {
  return address.startsWith('tcp://') ? address.slice(6) : address;
}
