/** One line of Envoy's own log (`--component-log-level http:debug,router:debug,connection:debug,pool:debug`). */
export interface DebugLine {
  readonly time: string;
  /** The worker that wrote it; '' where the format leaves it out. */
  readonly thread: string;
  readonly component: string;
  /** The connection that it speaks of; '' for none. */
  readonly connection: string;
  readonly stream: string;
  readonly message: string;
}

/** Envoy's own format, and Istio's, in text. */
const PLAIN = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)\]\[(\d+)\]\[(\w+)\]\[(\w+)\] (?:\[[^\]]*\] )?(.*)$/;
const ISTIO = /^(\d{4}-\d\d-\d\dT\S+)\t(\w+)\tenvoy (\w+)(?: \S*)?\t(.*?)(?:\tthread=(\d+))?$/;
const TAGS = /^\[Tags: ([^\]]*)\] ?(.*)$/;
const SHORT_TAGS = /^(?:\[C(\d+)\])(?:\[S(\d+)\])? ?(.*)$/;

/** Reads a line; undefined for the lines of headers that stand behind one, and for other text. */
export function readDebugLine(line: string): DebugLine | undefined {
  if (line.startsWith('[')) {
    const found = PLAIN.exec(line);
    return found === null ? undefined : withTags(found[1] ?? '', found[2] ?? '', found[4] ?? '', found[5] ?? '');
  }
  if (line.startsWith('{')) return readJson(line);
  const found = ISTIO.exec(line);
  return found === null ? undefined : withTags(found[1] ?? '', found[5] ?? '', found[3] ?? '', found[4] ?? '');
}

/** `':path', '/items'`: a header that belongs to the line before. */
export function readDebugHeader(line: string): readonly [name: string, value: string] | undefined {
  const found = /^'([^']*)', '(.*)'$/.exec(line.trimEnd());
  return found === null ? undefined : [found[1] ?? '', found[2] ?? ''];
}

/**
 * Istio's `logAsJson`, and Envoy's `application_log_config` with a `json_format`: message, scope, time and thread under the usual keys, in any
 * capitals; the tags stand beside them under their own names.
 */
function readJson(line: string): DebugLine | undefined {
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    const byKey = new Map(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item]));
    const text = (...keys: readonly string[]): string =>
      (keys.map((key) => byKey.get(key)).find((found) => typeof found === 'string') as string | undefined) ?? '';
    const message = text('msg', 'message');
    const component =
      text('scope', 'logger', 'component', 'name')
        .replace(/^envoy /, '')
        .split(' ')[0] ?? '';
    if (message === '' || component === '') return undefined;
    const tags = { connection: text('connectionid'), stream: text('streamid') };
    const read = withTags(text('time', 'ts', 'timestamp'), String(byKey.get('thread') ?? ''), component, message);
    return { ...read, connection: read.connection || tags.connection, stream: read.stream || tags.stream };
  } catch {
    return undefined;
  }
}

function withTags(time: string, thread: string, component: string, text: string): DebugLine {
  const tags = TAGS.exec(text);
  if (tags !== null) {
    const tag = (name: string): string => new RegExp(`"${name}":"(\\d+)"`).exec(tags[1] ?? '')?.[1] ?? '';
    return { time, thread, component, connection: tag('ConnectionId'), stream: tag('StreamId'), message: tags[2] ?? '' };
  }
  const short = SHORT_TAGS.exec(text);
  if (short !== null) return { time, thread, component, connection: short[1] ?? '', stream: short[2] ?? '', message: short[3] ?? '' };
  return { time, thread, component, connection: '', stream: '', message: text };
}
