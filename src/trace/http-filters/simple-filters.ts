import { jqPath } from '../../dump/dump-path.ts';
import { compileHeader } from '../../match/header-matcher.ts';
import type { BasicAuth, Buffer, BufferPerRoute, HttpHealthCheck_HealthCheck as HealthCheck } from '../../model/generated/envoy-api.ts';
import { answered, CONTINUES, depends, type FilterEffect, type FilterQuestion, replies } from './filter.ts';

/**
 * The buffer filter refuses a body above its limit, with or without a route.
 * Source: source/extensions/filters/http/buffer/buffer_filter.cc; the limit is enforced by the filter manager's 413.
 */
export function buffer({ request, config, perRoute }: FilterQuestion): FilterEffect {
  const override = perRoute as unknown as BufferPerRoute | undefined;
  if (override?.disabled === true) return CONTINUES;
  const limit = (override?.buffer ?? (config as unknown as Buffer)).max_request_bytes;
  const size = new TextEncoder().encode(request.body).length;
  if (limit === undefined || size <= limit) return CONTINUES;
  return replies(
    answered(413, 'request_payload_too_large', null, { verdict: 'broken', break: 'PC7002' }),
    `buffer: the body has ${size} bytes, the limit is ${limit}`,
  );
}

/**
 * HTTP basic authentication: no or a malformed header is refused for certain; whether the password is right, a dump does not show.
 * Source: source/extensions/filters/http/basic_auth/basic_auth_filter.cc.
 */
export function basicAuth({ request, config, perRoute }: FilterQuestion): FilterEffect {
  const header = (config as unknown as BasicAuth).authentication_header || 'authorization';
  const value = request.headers.first(header.toLowerCase());
  const refused = (details: string): FilterEffect => replies(answered(401, details, null, { break: 'PC7003' }), `basic auth: ${details}`);
  if (value === undefined && (config as unknown as BasicAuth).allow_missing === true) return CONTINUES;
  if (value === undefined) return refused('no_credential_for_basic_auth');
  if (!/^basic /i.test(value)) return refused('invalid_scheme_for_basic_auth');
  const credentials = decodeBase64(value.slice(6).trim());
  if (credentials === undefined || !credentials.includes(':')) return refused('invalid_format_for_basic_auth');
  const user = credentials.slice(0, credentials.indexOf(':'));
  const users = usersOf((perRoute ?? config) as unknown as BasicAuth);
  if (users !== undefined && !users.has(user)) return refused('invalid_credential_for_basic_auth');
  return depends(
    'basic auth: a dump does not show passwords',
    { condition: `the password of user "${user}" is right`, reply: null },
    { condition: `the password of user "${user}" is wrong`, reply: answered(401, 'invalid_credential_for_basic_auth', null, { break: 'PC7003' }) },
  );
}

/** The user names, where the dump shows them: one `name:{SHA}hash` a line. */
function usersOf(config: BasicAuth): ReadonlySet<string> | undefined {
  const text = config.users?.inline_string ?? (config.users?.inline_bytes === undefined ? undefined : decodeBase64(config.users.inline_bytes));
  if (text === undefined || !text.includes(':')) return undefined;
  return new Set(text.split('\n').map((line) => line.split(':')[0]?.trim() ?? ''));
}

function decodeBase64(text: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/**
 * The health check filter answers what its header matchers pick, before any route: 200, or 503 while the server is failing checks.
 * Source: source/extensions/filters/http/health_check/health_check.cc HealthCheckFilter::onComplete.
 */
export function healthCheck({ request, config }: FilterQuestion): FilterEffect {
  const check = config as unknown as HealthCheck;
  if (!(check.headers ?? []).every((header) => compileHeader(header).matches(request.headers))) return CONTINUES;
  if (check.pass_through_mode === true) return { ...CONTINUES, says: 'health check: passed through' };
  const failed = {
    condition: 'the proxy was told to fail its health checks (/healthcheck/fail)',
    reply: answered(503, 'health_check_failed', 'LH', { isPlain: true }),
  };
  if (Object.keys(check.cluster_min_healthy_percentages ?? {}).length > 0) {
    return depends(
      'health check: answers by the health of clusters',
      { condition: 'every named cluster has its share of healthy hosts', reply: answered(200, 'health_check_ok', null, { isPlain: true }) },
      { condition: 'a named cluster has too few healthy hosts', reply: answered(503, 'health_check_failed_cluster_unhealthy', null, { isPlain: true }) },
      failed,
    );
  }
  return replies(answered(200, 'health_check_ok', null, { isPlain: true }), 'health check: answered by the proxy itself');
}

/** A filter that may answer or let go by, as a service or a counter outside the dump decides. */
export function outside(what: string, refusal: { status: number; details: string; flags: string | null }): (question: FilterQuestion) => FilterEffect {
  return () =>
    depends(
      what,
      { condition: `${what}: the request is let through`, reply: null },
      { condition: `${what}: the request is refused`, reply: answered(refusal.status, refusal.details, refusal.flags) },
    );
}

/** A filter whose effect cannot be told at all from a dump. */
export function opaque(what: string): (question: FilterQuestion) => FilterEffect {
  return ({ path, name }) => ({ ...CONTINUES, says: `${name}: ${what}`, gap: { id: 'PC9002', what: `the filter "${name}" ${what}`, path: jqPath(path) } });
}
