import type { AccessLog } from '../model/generated/envoy-api.ts';
import { configOf } from '../model/message.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { compileFormat } from './format-string.ts';
import { jsonReader } from './json-lines.ts';
import type { LineReader } from './log-entry.ts';

/** Readers of the formats that a proxy's own listeners write: of file, stdout and stderr logs. Formats that pc cannot read are left out. */
export function proxyFormats(proxy: ProxyConfig): readonly LineReader[] {
  const texts = new Set<string>();
  const readers: LineReader[] = [];
  const take = (logs: readonly AccessLog[] | undefined): void => {
    for (const log of logs ?? []) {
      const config = configOf(log) as
        | { readonly log_format?: Readonly<Record<string, unknown>>; readonly format?: unknown; readonly json_format?: unknown }
        | undefined;
      const source = config?.log_format?.['text_format_source'] as { readonly inline_string?: unknown } | undefined;
      const text = config?.log_format?.['text_format'] ?? source?.inline_string ?? config?.format;
      const json = config?.log_format?.['json_format'] ?? config?.json_format;
      const key = typeof text === 'string' ? text : JSON.stringify(json ?? '');
      if (texts.has(key)) continue;
      texts.add(key);
      try {
        if (typeof text === 'string') readers.push(compileFormat(text));
        else if (typeof json === 'object' && json !== null) readers.push(jsonReader(json as Record<string, unknown>));
      } catch {
        // A format that says nothing of requests is no way to read the log.
      }
    }
  };
  for (const { value } of proxy.listeners) {
    take(value.access_log);
    for (const chain of value.filter_chains ?? [])
      for (const filter of chain.filters ?? []) take(configOf(filter)?.['access_log'] as readonly AccessLog[] | undefined);
  }
  return readers;
}
