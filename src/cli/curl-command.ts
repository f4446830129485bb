import { Failure } from '../dump/failure.ts';
import type { QuestionFlags } from './trace-question.ts';

/** What a pasted curl command asks: its URL, and the request's flags. */
export interface CurlQuestion {
  readonly url: string;
  readonly flags: QuestionFlags;
}

type Mutable = { -readonly [K in keyof QuestionFlags]: QuestionFlags[K] } & { header: string[]; alpn: string[] };

interface Draft extends Mutable {
  url?: string;
  isHead?: boolean;
  isGet?: boolean;
  parts: string[];
}

/** curl's options that shape the request: what each does with its value. */
const WITH_VALUE: Readonly<Record<string, (draft: Draft, value: string) => void>> = {
  '--request': (d, v) => {
    d.method = v;
  },
  '--header': (d, v) => void d.header.push(v.endsWith(';') && !v.includes(':') ? `${v.slice(0, -1)}:` : v),
  '--user-agent': (d, v) => void d.header.push(`user-agent: ${v}`),
  '--referer': (d, v) => void d.header.push(`referer: ${v}`),
  '--cookie': (d, v) => void d.header.push(`cookie: ${v}`),
  '--user': (d, v) => void d.header.push(`authorization: Basic ${btoa(v)}`),
  '--oauth2-bearer': (d, v) => void d.header.push(`authorization: Bearer ${v}`),
  '--data': (d, v) => void d.parts.push(v),
  '--data-raw': (d, v) => void d.parts.push(v),
  '--data-ascii': (d, v) => void d.parts.push(v),
  '--data-binary': (d, v) => void d.parts.push(v),
  '--data-urlencode': (d, v) => void d.parts.push(encodePart(v)),
  '--json': (d, v) => {
    d.parts.push(v);
    d.header.push('content-type: application/json', 'accept: application/json');
  },
  '--url': (d, v) => {
    d.url = v;
  },
  '--resolve': (d, v) => {
    d.to = addressOf(v.split(':'));
  },
  '--connect-to': (d, v) => {
    d.to = connectTo(v);
  },
  '--cert': (d) => {
    d.clientCert = true;
  },
};

const SHORT: Readonly<Record<string, string>> = {
  X: '--request',
  H: '--header',
  A: '--user-agent',
  e: '--referer',
  b: '--cookie',
  u: '--user',
  d: '--data',
  E: '--cert',
  I: '--head',
  G: '--get',
  k: '--insecure',
  s: '--silent',
  S: '--show-error',
  v: '--verbose',
  i: '--include',
  L: '--location',
  f: '--fail',
  N: '--no-buffer',
  g: '--globoff',
  o: '--output',
  w: '--write-out',
  m: '--max-time',
  x: '--proxy',
  O: '--remote-name',
  D: '--dump-header',
  4: '--ipv4',
  6: '--ipv6',
  0: '--http1.0',
};

const SWITCHES: Readonly<Record<string, (draft: Draft) => void>> = {
  '--head': (d) => {
    d.isHead = true;
  },
  '--get': (d) => {
    d.isGet = true;
  },
  '--http2': (d) => {
    d.http = '2';
  },
  '--http2-prior-knowledge': (d) => {
    d.http = '2';
  },
  '--http1.0': (d) => {
    d.http = '1.0';
  },
};

/** Options about curl itself, with a value and without: they do not change the request. */
const IGNORED_VALUES = new Set(
  '--output --write-out --max-time --connect-timeout --retry --retry-delay --cacert --capath --key --cert-type --proxy --dump-header --interface --dns-servers --limit-rate --noproxy --ciphers --tls-max --trace --trace-ascii --stderr'.split(
    ' ',
  ),
);
const IGNORED = new Set(
  '--insecure --silent --show-error --verbose --include --location --fail --fail-with-body --no-buffer --globoff --compressed --http1.1 --ipv4 --ipv6 --remote-name --path-as-is --no-progress-meter --progress-bar --tlsv1.2 --tlsv1.3 --no-keepalive --anyauth --tcp-nodelay --no-alpn'.split(
    ' ',
  ),
);

/** Reads `curl …` as copied from a terminal or a browser. Throws Failure PC1022 for what it cannot carry over. */
export function parseCurl(command: string): CurlQuestion {
  const words = shellWords(command);
  if (words[0] !== undefined && /(^|\/)curl(\.exe)?$/.test(words[0])) words.shift();
  const draft: Draft = { header: [], alpn: [], metadata: [], parts: [] };
  while (words.length > 0) takeWord(words, draft);
  if (draft.url === undefined)
    throw new Failure({ id: 'PC1022', what: 'the curl command has no URL', next: `paste the whole command: --curl 'curl -H "x: y" https://host/path'` });
  const { url, isHead, isGet, parts, ...flags } = draft;
  if (parts.length === 0) return { url, flags: isHead === true ? { ...flags, method: flags.method ?? 'HEAD' } : flags };
  const data = parts.join('&');
  if (isGet === true) return { url: `${url}${url.includes('?') ? '&' : '?'}${data}`, flags };
  const hasType = flags.header.some((h) => /^content-type:/i.test(h));
  return { url, flags: { ...flags, data, header: hasType ? flags.header : [...flags.header, 'content-type: application/x-www-form-urlencoded'] } };
}

function takeWord(words: string[], draft: Draft): void {
  const word = words.shift() as string;
  if (!word.startsWith('-') || word === '-') {
    draft.url ??= word;
    return;
  }
  if (!word.startsWith('--') && word.length > 2) {
    // `-XPOST` carries its value, `-sSk` is three switches.
    const first = `-${word[1]}`;
    const rest = word.slice(2);
    words.unshift(first, takesValue(longName(first)) ? rest : `-${rest}`);
    return;
  }
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  const name = longName(equals < 0 ? word : word.slice(0, equals));
  if (takesValue(name)) {
    const value = equals < 0 ? words.shift() : word.slice(equals + 1);
    if (value === undefined) throw new Failure({ id: 'PC1022', what: `curl's ${word} has no value`, next: 'paste the whole command' });
    WITH_VALUE[name]?.(draft, value);
  } else if (SWITCHES[name] !== undefined) SWITCHES[name](draft);
  else if (!IGNORED.has(name))
    throw new Failure({
      id: 'PC1022',
      what: `pc does not know what curl's ${word} does to the request`,
      next: 'leave it out, or say the request with -X, -H and the URL',
    });
}

const longName = (word: string): string => (word.startsWith('--') ? word : (SHORT[word.slice(1)] ?? word));
const takesValue = (name: string): boolean => WITH_VALUE[name] !== undefined || IGNORED_VALUES.has(name);

function encodePart(value: string): string {
  const equals = value.indexOf('=');
  return equals < 0 ? encodeURIComponent(value) : `${value.slice(0, equals + 1)}${encodeURIComponent(value.slice(equals + 1))}`.replace(/^=/, '');
}

/** `host:port:address` of --resolve. */
function addressOf([, port = '', ...address]: readonly string[]): string {
  const ip =
    address
      .join(':')
      .replace(/^\[|\]$/g, '')
      .split(',')[0] ?? '';
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** `host1:port1:host2:port2` of --connect-to, where host2 is an address. */
function connectTo(value: string): string | undefined {
  const found = /^[^:]*:\d*:(\[[^\]]+\]|[^:]+):(\d+)$/.exec(value);
  return found === null || !/^[\d.]+$|^\[/.test(found[1] ?? '') ? undefined : `${found[1]}:${found[2]}`;
}

/** Splits a command line as a POSIX shell does: quotes, $'…', backslashes, line continuations. */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '\\') {
      const next = text[++i];
      if (next !== undefined && next !== '\n') word = (word ?? '') + next;
    } else if (c === "'" || (c === '$' && text[i + 1] === "'")) {
      const ansi = c === '$';
      if (ansi) i++;
      let end = i + 1;
      while (end < text.length && text[end] !== "'") end += ansi && text[end] === '\\' ? 2 : 1;
      const inner = text.slice(i + 1, end);
      word = (word ?? '') + (ansi ? inner.replace(/\\(u[0-9a-f]{4}|x[0-9a-f]{2}|.)/gi, (_, e: string) => ansiEscape(e)) : inner);
      i = end;
    } else if (c === '"') {
      word ??= '';
      for (i++; i < text.length && text[i] !== '"'; i++) {
        if (text[i] === '\\' && /["\\$`\n]/.test(text[i + 1] ?? '')) {
          i++;
          if (text[i] === '\n') continue;
        }
        word += text[i];
      }
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  if (word !== undefined) words.push(word);
  return words;
}

function ansiEscape(code: string): string {
  if (/^[ux]/i.test(code) && code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return { n: '\n', t: '\t', r: '\r' }[code] ?? code;
}
