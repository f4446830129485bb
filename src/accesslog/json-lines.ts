import { entryOf, type LineReader, type LogField } from './log-entry.ts';
import { fieldOf } from './operators.ts';

/** What people call the fields, without punctuation and in small letters. */
const NAMES: Readonly<Record<LogField, readonly string[]>> = {
  time: ['starttime', 'time', 'timestamp', 'ts', 'atimestamp', 'date'],
  method: ['method', 'requestmethod', 'httpmethod', 'reqmethod', 'verb', 'httprequestmethod'],
  path: ['path', 'requestpath', 'xenvoyoriginalpath', 'originalpath', 'uri', 'requesturi', 'url', 'urlpath', 'reqpath', 'xenvoyoriginpath'],
  protocol: ['protocol', 'httpprotocol', 'httpversion'],
  status: ['responsecode', 'status', 'statuscode', 'code', 'httpstatus', 'httpstatuscode', 'httpresponsestatuscode', 'respcode', 'responsestatus'],
  flags: ['responseflags', 'flags', 'envoyresponseflags', 'respflags', 'responseflag'],
  details: ['responsecodedetails', 'details', 'codedetails', 'responsedetails'],
  termination: ['connectionterminationdetails', 'terminationdetails'],
  transportFailure: ['upstreamtransportfailurereason', 'transportfailure', 'upstreamtransportfailure'],
  bytesReceived: ['bytesreceived', 'bytesin', 'requestsize', 'rxbytes'],
  bytesSent: ['bytessent', 'bytesout', 'responsesize', 'txbytes'],
  durationMs: ['duration', 'durationms', 'latency', 'latencyms', 'totalduration', 'elapsed', 'elapsedms', 'responsetime', 'requestduration'],
  serviceMs: ['upstreamservicetime', 'xenvoyupstreamservicetime', 'servicetime', 'upstreamtime', 'upstreamduration'],
  forwardedFor: ['xforwardedfor', 'forwardedfor', 'xff'],
  userAgent: ['useragent', 'httpuseragent', 'agent'],
  requestId: ['requestid', 'xrequestid', 'reqid', 'id'],
  authority: ['authority', 'host', 'requestauthority', 'httphost', 'hostname', 'requesthost'],
  upstreamHost: ['upstreamhost', 'upstreamaddress', 'upstreamremoteaddress', 'backend', 'upstream'],
  cluster: ['upstreamcluster', 'cluster', 'upstreamclustername', 'clustername', 'upstreamclusterraw'],
  upstreamLocal: ['upstreamlocaladdress'],
  downstreamLocal: ['downstreamlocaladdress', 'localaddress'],
  downstreamRemote: ['downstreamremoteaddress', 'remoteaddress', 'clientip', 'clientaddress', 'sourceaddress'],
  sni: ['requestedservername', 'sni', 'servername', 'tlssni'],
  route: ['routename', 'route'],
};

const FIELDS = new Map<string, LogField>(Object.entries(NAMES).flatMap(([field, names]) => names.map((name) => [name, field as LogField] as const)));
/** Fewer known fields than this make no access log of a JSON line. */
const ENOUGH = 3;

/** A reader of JSON lines. Keys are known by their names in any spelling; with a format (the proxy's own JSON of operators) by that. */
export function jsonReader(format?: Readonly<Record<string, unknown>>): LineReader {
  const byFormat = format === undefined ? undefined : new Map(flatten(format).flatMap(([key, operator]) => formatField(key, String(operator))));
  const cache = new Map<string, LogField | null>();
  const fieldOfKey = (key: string): LogField | undefined => {
    if (byFormat !== undefined) return byFormat.get(key);
    let field = cache.get(key);
    if (field === undefined) {
      const whole = key.toLowerCase().replace(/[^a-z0-9]/g, '');
      const last = (key.split('.').at(-1) ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
      field = FIELDS.get(whole) ?? FIELDS.get(last) ?? null;
      cache.set(key, field);
    }
    return field ?? undefined;
  };
  return (line) => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return undefined;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const texts = new Map<LogField, string>();
    for (const [key, item] of flatten(value as Record<string, unknown>)) {
      const field = fieldOfKey(key);
      if (field !== undefined && item !== null && !texts.has(field)) texts.set(field, String(item));
    }
    if (texts.size < ENOUGH && byFormat === undefined) return undefined;
    return texts.has('status') || texts.has('flags') || texts.has('durationMs') ? entryOf((field) => texts.get(field)) : undefined;
  };
}

function formatField(key: string, text: string): [string, LogField][] {
  const operator = /^%(.+)%$/.exec(text)?.[1];
  const field = operator === undefined ? undefined : fieldOf(operator);
  return field === undefined ? [] : [[key, field]];
}

/** Members with their keys joined by dots, to the third depth. */
function flatten(value: Readonly<Record<string, unknown>>, prefix = '', depth = 0): [string, unknown][] {
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof item === 'object' && item !== null && !Array.isArray(item) && depth < 3)
      entries.push(...flatten(item as Record<string, unknown>, name, depth + 1));
    else entries.push([name, item]);
  }
  return entries;
}
