import type { ByteSource, ByteSpan } from '../dump/byte-source.ts';
import { type CutValue, cutValue, type LeftList } from '../dump/cut-value.ts';
import { Failure } from '../dump/failure.ts';
import { parseJson } from '../dump/json-text.ts';
import { isJsonObject, type JsonObject, setMember } from '../dump/json-value.ts';
import { KeyTable } from '../dump/key-table.ts';
import { parseAt } from '../dump/outline-members.ts';
import { canonicalType } from '../dump/type-name.ts';
import type { RouteConfiguration, VirtualHost } from '../model/generated/envoy-api.ts';
import { type DecodeIssue, decodeMessage } from './decode-message.ts';

const ROUTE_CONFIG = 'envoy.config.route.v3.RouteConfiguration';
const VIRTUAL_HOST = 'envoy.config.route.v3.VirtualHost';

/** A route configuration whose virtual hosts read their routes when these are asked for. */
export interface DeferredRoutes {
  /** As decoding all of it gives it, but that `routes` is a getter, in its place among its host's keys, until it is first asked for. */
  readonly value: RouteConfiguration;
  /** Reads what is left: whether all of it is JSON and fits the schema. Where it does not, decoding all at once tells what. */
  isFaultless(): boolean;
}

let keys: { readonly hosts: KeyTable<string>; readonly routes: KeyTable<string> } | undefined;

/**
 * Reads a route configuration of a large dump but for its routes: of thousands of virtual hosts a request meets one, and the domains, which
 * tell which one, are a small part of it all. Out: undefined where there are no routes, or anything that is to be read with care.
 */
export function deferRoutes(source: ByteSource, span: ByteSpan): DeferredRoutes | undefined {
  keys ??= { hosts: keyTable('virtual_hosts', 'virtualHosts'), routes: keyTable('routes') };
  const cut = cutValue(source, span, keys.hosts, keys.routes);
  const json = cut && fieldsOf(cut);
  if (cut === undefined || json === undefined) return undefined;
  const issues: DecodeIssue[] = [];
  const value: RouteConfiguration = decodeMessage(ROUTE_CONFIG, json, [], issues);
  const routes = cut.left.map((list) => new RoutesOfHost(source, list));
  for (const own of routes) own.putInto(value.virtual_hosts?.[own.list.element] as VirtualHost);
  return { value, isFaultless: () => issues.length === 0 && routes.every((own) => own.isFaultless()) };
}

/** The routes of one virtual host, where they stand. */
class RoutesOfHost {
  readonly list: LeftList;
  private readonly source: ByteSource;
  private read: { readonly routes: VirtualHost['routes']; readonly isFaultless: boolean } | undefined;

  constructor(source: ByteSource, list: LeftList) {
    this.source = source;
    this.list = list;
  }

  putInto(host: VirtualHost): void {
    const get = (): VirtualHost['routes'] => {
      const { routes } = this.reading();
      setMember(host, 'routes', routes);
      return routes;
    };
    Object.defineProperty(host, 'routes', { get, enumerable: true, configurable: true });
  }

  isFaultless(): boolean {
    return this.reading().isFaultless;
  }

  private reading(): NonNullable<RoutesOfHost['read']> {
    this.read ??= this.readNow();
    return this.read;
  }

  private readNow(): NonNullable<RoutesOfHost['read']> {
    const issues: DecodeIssue[] = [];
    let isText = true;
    try {
      const json = parseAt(this.source, this.list, () => {
        isText = false;
      });
      const { routes }: VirtualHost = decodeMessage(VIRTUAL_HOST, { routes: json }, [], issues);
      return { routes, isFaultless: isText && issues.length === 0 };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { routes: undefined, isFaultless: false };
    }
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The fields of a route configuration; undefined for what is not one, or not JSON. */
function fieldsOf({ text }: CutValue): JsonObject | undefined {
  try {
    const json = parseJson(decoder.decode(text), () => '', text);
    if (!isJsonObject(json)) return undefined;
    const { '@type': url = ROUTE_CONFIG, ...fields } = json;
    return typeof url === 'string' && canonicalType(url) === ROUTE_CONFIG ? fields : undefined;
  } catch (error) {
    if (error instanceof Failure || error instanceof TypeError) return undefined;
    throw error;
  }
}

function keyTable(...names: readonly string[]): KeyTable<string> {
  return new KeyTable(names.map((name) => [name, name]));
}
