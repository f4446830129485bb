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
  const text = (field: LogField): string => {
    const found = value(field);
    return found === undefined || found === '-' ? '' : found;
  };
  const number = (field: LogField): number | undefined => {
    const found = text(field);
    const parsed = found === '' ? Number.NaN : Number(found);
    return Number.isNaN(parsed) ? undefined : parsed;
  };
  return {
    time: text('time'),
    method: text('method'),
    path: text('path'),
    protocol: text('protocol'),
    status: number('status') ?? 0,
    flags: text('flags'),
    details: text('details'),
    termination: text('termination'),
    transportFailure: text('transportFailure'),
    bytesReceived: number('bytesReceived') ?? 0,
    bytesSent: number('bytesSent') ?? 0,
    durationMs: number('durationMs'),
    serviceMs: number('serviceMs'),
    forwardedFor: text('forwardedFor'),
    userAgent: text('userAgent'),
    requestId: text('requestId'),
    authority: text('authority'),
    upstreamHost: text('upstreamHost').replace(/^tcp:\/\//, ''),
    cluster: text('cluster'),
    upstreamLocal: text('upstreamLocal'),
    downstreamLocal: text('downstreamLocal'),
    downstreamRemote: text('downstreamRemote'),
    sni: text('sni'),
    route: text('route'),
  };
}
