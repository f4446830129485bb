import { Failure } from '../dump/failure.ts';
import type { SocketAddress, TraceRequest } from '../match/request.ts';

/** The flags of `pc trace` that say what the request is. */
export interface QuestionFlags {
  readonly method?: string | undefined;
  readonly header: readonly string[];
  readonly data?: string | undefined;
  readonly sni?: string | undefined;
  readonly alpn: readonly string[];
  readonly tls?: boolean | undefined;
  readonly clientCert?: boolean | undefined;
  readonly source?: string | undefined;
  readonly to?: string | undefined;
  readonly listener?: string | undefined;
  readonly http?: string | undefined;
  readonly metadata: readonly string[];
}

const SCHEMES: Readonly<Record<string, 'http' | 'https' | 'tcp'>> = {
  'http:': 'http',
  'https:': 'https',
  'tcp:': 'tcp',
  'tls:': 'tcp',
  'ws:': 'http',
  'wss:': 'https',
};

/**
 * The question that a URL and its flags ask. The URL's host is the authority and, for TLS, the SNI; its port only helps to find the
 * listener. Throws Failure PC1020 for a URL or a flag that cannot be read.
 */
export function questionOf(text: string, flags: QuestionFlags): TraceRequest & { readonly url: { readonly host: string; readonly port: number } } {
  const url = parseUrl(text);
  const scheme = SCHEMES[url.protocol];
  if (scheme === undefined)
    throw new Failure({
      id: 'PC1020',
      what: `the scheme of ${text} is not one that pc traces`,
      next: 'use http://, https://, ws://, wss://, tcp:// or tls://',
    });
  const isTls = flags.tls ?? (scheme === 'https' || url.protocol === 'tls:' || flags.sni !== undefined || flags.alpn.length > 0);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const headers = flags.header.map(parseHeader);
  if (url.protocol === 'ws:' || url.protocol === 'wss:') headers.push(['connection', 'Upgrade'], ['upgrade', 'websocket']);
  const own = headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
  const sni = flags.sni ?? (isIpAddress(host) ? undefined : host);
  const protocol = flags.http === '2' ? 'h2' : flags.http === '1.0' ? 'http/1.0' : undefined;
  return {
    url: { host, port },
    scheme,
    ...(protocol === undefined ? {} : { protocol }),
    ...(isTls
      ? {
          tls: {
            ...(sni === undefined || sni === '' ? {} : { sni }),
            alpn: flags.alpn.length > 0 ? flags.alpn : scheme === 'tcp' ? null : protocol === 'h2' ? ['h2'] : ['http/1.1'],
            ...(flags.clientCert === true ? { client_cert: true } : {}),
          },
        }
      : {}),
    method: flags.method ?? (flags.data === undefined ? 'GET' : 'POST'),
    authority: own ?? hostWithPort(text, url),
    path: rawPath(text),
    headers: headers.filter(([name]) => name.toLowerCase() !== 'host'),
    ...(flags.data === undefined ? {} : { body: flags.data }),
    ...(flags.source === undefined ? {} : { source: parseAddress(flags.source, '--source') }),
    ...(flags.to === undefined ? {} : { destination: parseAddress(flags.to, '--to') }),
    ...listenerOf(flags.listener),
    ...(flags.metadata.length === 0 ? {} : { metadata: Object.fromEntries(flags.metadata.map(splitMetadata)) }),
  };
}

function parseUrl(text: string): URL {
  try {
    return new URL(text.includes('://') ? text : `http://${text}`);
  } catch (cause) {
    throw new Failure({ id: 'PC1020', what: `${JSON.stringify(text)} is not a URL`, next: 'write it as curl takes it: http://host[:port]/path?query', cause });
  }
}

/** URL normalises dots and escapes away, which Envoy may not: the path is taken as it was typed, without the fragment. */
function rawPath(text: string): string {
  const found = /^(?:[a-z]+:\/\/)?[^/?#]*([^#]*)/i.exec(text)?.[1] ?? '';
  if (found === '') return '/';
  return found.startsWith('/') ? found : `/${found}`;
}

/** The authority as a client sends it: the scheme's default port is left out. */
function hostWithPort(text: string, url: URL): string {
  const typed = /^(?:[a-z]+:\/\/)?(?:[^@/?#]*@)?([^/?#]*)/i.exec(text)?.[1] ?? url.host;
  return url.port === '' ? typed.replace(/:\d+$/, '') : typed;
}

function parseHeader(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon <= 0)
    throw new Failure({ id: 'PC1020', what: `the header ${JSON.stringify(text)} has no colon`, next: `write it as curl takes it: -H 'name: value'` });
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

/** `10.0.0.1:80`, `[::1]:80`, or an address alone. */
function parseAddress(text: string, flag: string): SocketAddress {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(text);
  const plain = /^([^:]+)(?::(\d+))?$/.exec(text);
  const [, address, port] = bracketed ?? plain ?? [undefined, text.includes(':') ? text : undefined, undefined];
  if (address === undefined || !isIpAddress(address))
    throw new Failure({ id: 'PC1020', what: `${flag} ${text} is not an IP address`, next: 'names are not resolved: give the address, such as 10.96.1.2:80' });
  return { address, port: port === undefined ? 0 : Number(port) };
}

function isIpAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || (text.includes(':') && /^[0-9a-f:.]+$/i.test(text));
}

/** A listener by its address and port, or by its name. */
function listenerOf(text: string | undefined): Partial<TraceRequest> {
  if (text === undefined) return {};
  const found = /^(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]):(\d+)$/i.exec(text);
  if (found === null) return { listenerName: text };
  return { listener: { address: (found[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(found[2]) } };
}

function splitMetadata(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new Failure({ id: 'PC1020', what: `--metadata ${text} has no "="`, next: 'write it as namespace.key=value' });
  return [text.slice(0, equals), text.slice(equals + 1)];
}
