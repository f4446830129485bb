import { type DebugLine, readDebugHeader, readDebugLine } from './debug-line.ts';

export type StoryStep =
  | 'request'
  | 'cluster'
  | 'no-route'
  | 'no-cluster'
  | 'connecting'
  | 'connected'
  | 'connect-failed'
  | 'pool'
  | 'upstream'
  | 'upstream-headers'
  | 'timeout'
  | 'reset'
  | 'upstream-closed'
  | 'local-reply'
  | 'response'
  | 'downstream-closed';

/** One event in the life of a request. */
export interface StoryEvent {
  readonly time: string;
  readonly step: StoryStep;
  /** The name, host or reason that it is about. */
  readonly about: string;
}

/** One request as the log tells it. */
export interface DebugStory {
  readonly stream: string;
  readonly connection: string;
  method: string;
  authority: string;
  path: string;
  requestId: string;
  status: number;
  cluster: string;
  /** The hosts that were tried, in order. */
  readonly hosts: string[];
  readonly upstreamConnections: string[];
  readonly events: StoryEvent[];
}

interface Open {
  readonly story: DebugStory;
  isDone: boolean;
  /** So many events it had at the last look of `tellQuiet`. */
  seen: number;
}

interface Upstream {
  host: string;
  /** The stream that uses it, or waits for it. */
  stream: string;
}

/** Messages that tell a step, with the part of the message that it is about. The words have changed little since Envoy 1.10. */
const STEPS: readonly (readonly [pattern: RegExp, step: StoryStep])[] = [
  [/^cluster '(.*)' match for URL/, 'cluster'],
  [/^no (?:cluster|route) match for URL '(.*)'/, 'no-route'],
  [/^unknown cluster '(.*)'/, 'no-cluster'],
  [/^no healthy host for (?:HTTP|TCP)? ?(?:connection pool)?(.*)/, 'reset'],
  [/^(upstream (?:per try )?timeout|upstream timeout)$/, 'timeout'],
  [/^(upstream per[ -]try timeout.*)$/, 'timeout'],
  [/^upstream reset: reset reason: (.*)$/, 'reset'],
  [/^Sending local reply with details (.*)$/, 'local-reply'],
  [/^Preparing local reply with details (.*)$/, 'local-reply'],
];

/**
 * Follows every request of a debug log from its downstream connection to the upstream connection that it used. Lines go in as they come;
 * stories come out when the request and its connection are done. Memory: the requests and connections that are open.
 */
export class DebugStories {
  private readonly byStream = new Map<string, Open>();
  private readonly byConnection = new Map<string, Set<string>>();
  private readonly upstreams = new Map<string, Upstream>();
  /** The stream that each worker spoke of last: what it does next without a tag is done for that one. */
  private readonly current = new Map<string, string>();
  private headers: { readonly open: Open; readonly of: 'request' | 'response'; readonly time: string } | undefined;
  private readonly emit: (story: DebugStory) => void;
  lines = 0;
  /** Lines of Envoy's log; the others are headers, or another program's. */
  understood = 0;

  constructor(emit: (story: DebugStory) => void) {
    this.emit = emit;
  }

  add(line: string): void {
    this.lines++;
    const read = readDebugLine(line);
    if (read === undefined) {
      this.takeHeader(line);
      return;
    }
    this.understood++;
    this.endHeaders();
    // In JSON the headers stand within the message, line by line.
    const [message = '', ...headers] = read.message.split('\n');
    const first = headers.length === 0 ? read : { ...read, message };
    if (first.stream !== '') this.takeStream(first);
    else this.takeConnection(first);
    for (const header of headers) this.takeHeader(header);
  }

  /** Requests that are done, and of which nothing has come since the last call: for a log that is followed. */
  tellQuiet(): void {
    for (const [stream, open] of this.byStream) {
      const { length } = open.story.events;
      if (open.isDone && open.seen === length) {
        this.byConnection.get(open.story.connection)?.delete(stream);
        this.end(stream, open);
      }
      open.seen = length;
    }
  }

  /** Everything that is still open, at the end of the log. */
  finish(): void {
    this.endHeaders();
    for (const { story } of this.byStream.values()) this.emit(story);
    this.byStream.clear();
  }

  private takeHeader(line: string): void {
    const header = readDebugHeader(line);
    if (header === undefined || this.headers === undefined) return;
    const { open, of } = this.headers;
    const [name, value] = header;
    if (of === 'response') {
      if (name === ':status') open.story.status = Number(value);
    } else if (name === ':path') open.story.path = value;
    else if (name === ':method') open.story.method = value;
    else if (name === ':authority' || name === 'host') open.story.authority = value;
    else if (name === 'x-request-id') open.story.requestId = value;
  }

  /** The headers of a line are complete: now the step that they belong to can be told. */
  private endHeaders(): void {
    const { headers } = this;
    this.headers = undefined;
    if (headers === undefined) return;
    const { story } = headers.open;
    const about = headers.of === 'response' ? String(story.status) : `${story.method} ${story.authority}${story.path}`;
    story.events.push({ time: headers.time, step: headers.of, about });
  }

  private takeStream(line: DebugLine): void {
    const open = this.byStream.get(line.stream) ?? this.begin(line);
    const { story } = open;
    this.current.set(line.thread, line.stream);
    const { message, time } = line;
    if (message.startsWith('request headers complete')) this.headers = { open, of: 'request', time };
    else if (message.startsWith('encoding headers via codec')) this.headers = { open, of: 'response', time };
    else if (message.startsWith('upstream headers complete')) story.events.push({ time, step: 'upstream-headers', about: '' });
    else if (message.startsWith('Codec completed encoding stream') || message.startsWith('stream reset')) open.isDone = true;
    else {
      for (const [pattern, step] of STEPS) {
        const found = pattern.exec(message);
        if (found === null) continue;
        if (step === 'cluster') story.cluster = found[1] ?? '';
        story.events.push({ time, step, about: (found[1] ?? '').trim() });
        break;
      }
    }
  }

  private takeConnection(line: DebugLine): void {
    const { message, time, connection, thread } = line;
    const attached = /^Attached upstream connection \[C(\d+)\] to downstream connection \[C(\d+)\]/.exec(message);
    if (attached !== null) {
      this.attach(attached[1] ?? '', this.current.get(thread) ?? '', time);
      return;
    }
    if (connection === '') {
      const open = this.byStream.get(this.current.get(thread) ?? '');
      if (open !== undefined && !open.isDone && message.startsWith('queueing stream due to no available connections'))
        open.story.events.push({ time, step: 'pool', about: 'no free connection: a new one is opened' });
      return;
    }
    const connecting = /^connecting to (\S+)/.exec(message);
    if (connecting !== null) {
      const stream = this.current.get(thread) ?? '';
      this.upstreams.set(connection, { host: connecting[1] ?? '', stream });
      this.tell(stream, { time, step: 'connecting', about: connecting[1] ?? '' });
      return;
    }
    const upstream = this.upstreams.get(connection);
    if (upstream !== undefined) this.takeUpstream(line, upstream);
    else if (message === 'remote close' || message.startsWith('closing socket')) this.closeDownstream(connection, message === 'remote close', time);
    else if (message === 'new stream') this.endDone(connection);
  }

  private takeUpstream({ message, time, connection, thread }: DebugLine, upstream: Upstream): void {
    if (message === 'connected') this.tell(upstream.stream, { time, step: 'connected', about: upstream.host });
    else if (message === 'creating stream' && upstream.stream === '') upstream.stream = this.current.get(thread) ?? '';
    else if (/connect(?:ion)? error|connect timeout/.test(message) && !message.startsWith('client disconnected')) {
      this.noteHost(upstream.stream, upstream.host);
      this.tell(upstream.stream, { time, step: 'connect-failed', about: `${upstream.host}: ${message}` });
    } else if (message === 'remote close') this.tell(upstream.stream, { time, step: 'upstream-closed', about: upstream.host });
    else if (message.startsWith('response complete') || message.startsWith('destroying stream')) upstream.stream = '';
    else if (message.startsWith('client disconnected')) this.upstreams.delete(connection);
  }

  private attach(connection: string, stream: string, time: string): void {
    const upstream = this.upstreams.get(connection);
    if (upstream !== undefined) upstream.stream = stream;
    const open = this.byStream.get(stream);
    if (open === undefined) return;
    open.story.upstreamConnections.push(connection);
    const host = upstream?.host ?? '';
    this.noteHost(stream, host);
    open.story.events.push({ time, step: 'upstream', about: host === '' ? `connection C${connection}` : `${host} on connection C${connection}` });
  }

  private noteHost(stream: string, host: string): void {
    const story = this.byStream.get(stream)?.story;
    if (story !== undefined && host !== '' && !story.hosts.includes(host)) story.hosts.push(host);
  }

  private tell(stream: string, event: StoryEvent): void {
    const open = this.byStream.get(stream);
    if (open !== undefined && !open.isDone) open.story.events.push(event);
  }

  private begin({ stream, connection }: DebugLine): Open {
    const story: DebugStory = {
      stream,
      connection,
      method: '',
      authority: '',
      path: '',
      requestId: '',
      status: 0,
      cluster: '',
      hosts: [],
      upstreamConnections: [],
      events: [],
    };
    const open = { story, isDone: false, seen: 0 };
    this.byStream.set(stream, open);
    const streams = this.byConnection.get(connection) ?? new Set();
    this.byConnection.set(connection, streams.add(stream));
    return open;
  }

  /** The connection of the client ends: its open requests with it. */
  private closeDownstream(connection: string, byClient: boolean, time: string): void {
    for (const stream of this.byConnection.get(connection) ?? []) {
      const open = this.byStream.get(stream);
      if (open === undefined) continue;
      open.story.events.push({
        time,
        step: 'downstream-closed',
        about: byClient ? 'the client closed its connection' : 'the proxy closed the connection of the client',
      });
      this.end(stream, open);
    }
    this.byConnection.delete(connection);
  }

  /** Another request begins on the connection: those that are done will not go on. */
  private endDone(connection: string): void {
    for (const stream of this.byConnection.get(connection) ?? []) {
      const open = this.byStream.get(stream);
      if (open?.isDone) {
        this.end(stream, open);
        this.byConnection.get(connection)?.delete(stream);
      }
    }
  }

  private end(stream: string, { story }: Open): void {
    this.byStream.delete(stream);
    this.emit(story);
  }
}
