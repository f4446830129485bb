import type { CidrRange, MetadataMatcher, PathMatcher, Permission, Principal, StringMatcher } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import { isInCidr } from './cidr.ts';
import { type CompiledHeader, compileHeader } from './header-matcher.ts';
import { parseIp } from './ip-address.ts';
import { type RequestHeaders, requestHeaders } from './request-headers.ts';
import { type CompiledString, compileString } from './string-matcher.ts';
import { all, any, not, type Ternary, unknown } from './ternary.ts';
import { compileUriTemplate } from './uri-template.ts';

/** What RBAC looks at, for a connection or for an HTTP request. What is no IP address ('' or a name) is not known. */
export interface RbacFacts {
  /** Undefined for a connection: header and path rules then see no headers at all. */
  readonly headers: RequestHeaders | undefined;
  readonly localAddress: string;
  readonly localPort: number | undefined;
  /** The client that Envoy trusts: by x-forwarded-for where the connection manager is told so. */
  readonly remoteAddress: string;
  /** The client of the connection. */
  readonly connectionRemoteAddress: string;
  readonly directRemoteAddress: string;
  /** SNI as tls_inspector read it; '' without one. */
  readonly serverName: string;
  /** Whether Envoy terminates TLS. */
  readonly isTls: boolean;
  /** URI SANs, DNS SANs and subject of the client's certificate; empty without one; undefined where it is not known whose it is. */
  readonly identities: readonly string[] | undefined;
  readonly metadata: (matcher: MetadataMatcher, source: 'DYNAMIC' | 'ROUTE') => Ternary;
  /** Filter state by key: null where nothing sets it. */
  readonly filterState: (key: string) => string | null | undefined;
}

/** Source: source/extensions/filters/common/rbac/matchers.cc Matcher::create for permissions. */
export function matchesPermission(rule: Permission, facts: RbacFacts): Ternary {
  if (rule.any !== undefined) return true;
  if (rule.and_rules !== undefined) return all((rule.and_rules.rules ?? []).map((inner) => matchesPermission(inner, facts)));
  if (rule.or_rules !== undefined) return any((rule.or_rules.rules ?? []).map((inner) => matchesPermission(inner, facts)));
  if (rule.not_rule !== undefined) return not(matchesPermission(rule.not_rule, facts));
  if (rule.header !== undefined) return matchesHeader(rule.header, facts);
  if (rule.url_path !== undefined) return matchesPath(rule.url_path, facts);
  if (rule.uri_template !== undefined) return matchesTemplate(rule.uri_template.typed_config?.['path_template'], facts);
  if (rule.destination_ip !== undefined) return inRange(facts.localAddress, rule.destination_ip, 'destination');
  if (rule.destination_port !== undefined) return facts.localPort === undefined ? unknown('the destination port') : facts.localPort === rule.destination_port;
  if (rule.destination_port_range !== undefined) {
    const { start = 0, end = 0 } = rule.destination_port_range;
    return facts.localPort === undefined ? unknown('the destination port') : facts.localPort >= start && facts.localPort < end;
  }
  if (rule.requested_server_name !== undefined) return matchesText(rule.requested_server_name, facts.serverName);
  if (rule.metadata !== undefined) return facts.metadata(rule.metadata, 'DYNAMIC');
  if (rule.sourced_metadata?.metadata_matcher !== undefined)
    return facts.metadata(rule.sourced_metadata.metadata_matcher, sourceOf(rule.sourced_metadata.metadata_source));
  return unknown(rule.matcher === undefined ? 'a permission of an unknown kind' : anyType(rule.matcher.typed_config));
}

/** Source: source/extensions/filters/common/rbac/matchers.cc Matcher::create for principals. */
export function matchesPrincipal(id: Principal, facts: RbacFacts): Ternary {
  if (id.any !== undefined) return true;
  if (id.and_ids !== undefined) return all((id.and_ids.ids ?? []).map((inner) => matchesPrincipal(inner, facts)));
  if (id.or_ids !== undefined) return any((id.or_ids.ids ?? []).map((inner) => matchesPrincipal(inner, facts)));
  if (id.not_id !== undefined) return not(matchesPrincipal(id.not_id, facts));
  if (id.authenticated !== undefined) return matchesAuthenticated(id.authenticated.principal_name, facts);
  if (id.source_ip !== undefined) return inRange(facts.connectionRemoteAddress, id.source_ip, 'client');
  if (id.direct_remote_ip !== undefined) return inRange(facts.directRemoteAddress, id.direct_remote_ip, "socket's peer");
  if (id.remote_ip !== undefined) return inRange(facts.remoteAddress, id.remote_ip, 'client');
  if (id.header !== undefined) return matchesHeader(id.header, facts);
  if (id.url_path !== undefined) return matchesPath(id.url_path, facts);
  if (id.metadata !== undefined) return facts.metadata(id.metadata, 'DYNAMIC');
  if (id.sourced_metadata?.metadata_matcher !== undefined)
    return facts.metadata(id.sourced_metadata.metadata_matcher, sourceOf(id.sourced_metadata.metadata_source));
  if (id.filter_state !== undefined) {
    const value = facts.filterState(id.filter_state.key ?? '');
    if (value === undefined) return unknown(`filter state ${id.filter_state.key}`);
    if (value === null) return false;
    return id.filter_state.string_match === undefined ? unknown(`filter state ${id.filter_state.key}`) : matchesText(id.filter_state.string_match, value);
  }
  return unknown(id.custom === undefined ? 'a principal of an unknown kind' : anyType(id.custom.typed_config));
}

/**
 * The URI SANs, DNS SANs and subject of the client's certificate; without a name asked for, any TLS connection will do.
 * Source: matchers.cc AuthenticatedMatcher::matches.
 */
function matchesAuthenticated(name: StringMatcher | undefined, { isTls, identities }: RbacFacts): Ternary {
  if (!isTls) return false;
  if (name === undefined) return true;
  if (identities === undefined) return unknown("whose certificate the client's is");
  return any([...identities, ''].map((identity) => matchesText(name, identity)));
}

const NO_HEADERS = requestHeaders([]);

const headerTests = new WeakMap<object, CompiledHeader>();
const stringTests = new WeakMap<object, CompiledString>();

/** Compiles a matcher at its first use. */
function once<M extends object, C>(known: WeakMap<object, C>, matcher: M, compile: (matcher: M) => C): C {
  let compiled = known.get(matcher);
  if (compiled === undefined) {
    compiled = compile(matcher);
    known.set(matcher, compiled);
  }
  return compiled;
}

function matchesHeader(matcher: NonNullable<Permission['header']>, { headers }: RbacFacts): Ternary {
  const test = once(headerTests, matcher, compileHeader);
  const hidden = test.unknownIn(headers ?? NO_HEADERS);
  if (hidden !== undefined) return unknown(`the value that Envoy gives ${hidden}`);
  return test.unsupported === undefined ? test.matches(headers ?? NO_HEADERS) : unknown(test.unsupported);
}

/** The path without query and fragment. Source: source/common/common/matchers.cc PathMatcher::match. */
function matchesPath({ path }: PathMatcher, { headers }: RbacFacts): Ternary {
  const sent = headers?.first(':path');
  return sent === undefined || path === undefined ? false : matchesText(path, sent.replace(/[?#].*$/s, ''));
}

function matchesTemplate(template: unknown, { headers }: RbacFacts): Ternary {
  const compiled = typeof template === 'string' ? compileUriTemplate(template) : undefined;
  if (compiled === undefined) return unknown('a URI template that pc cannot read');
  const path = headers?.first(':path') ?? '';
  return compiled.match(path.replace(/[?#].*$/s, '')) !== undefined;
}

function matchesText(matcher: StringMatcher, text: string): Ternary {
  const test = once(stringTests, matcher, compileString);
  return test.unsupported === undefined ? test.matches(text) : unknown(test.unsupported);
}

function inRange(address: string, range: CidrRange, whose: string): Ternary {
  return parseIp(address) === undefined ? unknown(`the address of the ${whose}`) : isInCidr(address, range);
}

function sourceOf(source: unknown): 'DYNAMIC' | 'ROUTE' {
  return source === 'ROUTE' ? 'ROUTE' : 'DYNAMIC';
}
