import { jqPath } from '../../dump/dump-path.ts';
import { cookieValue } from '../../match/cookies.ts';
import { parseQuery } from '../../match/query-parameters.ts';
import { compileRoute } from '../../match/route-entry.ts';
import type { JwtAuthentication, JwtProvider, JwtRequirement, HttpJwtAuthn_PerRouteConfig as PerRouteConfig } from '../../model/generated/envoy-api.ts';
import type { HttpRequest } from '../http-request.ts';
import { answered, CONTINUES, depends, type FilterEffect, type FilterQuestion, replies } from './filter.ts';

/** What can be said of a requirement from the request alone. */
type Standing = 'met' | 'missing' | 'token given';

/**
 * jwt_authn: the first rule whose match fits names a requirement. Where no provider of it finds a token the request is refused for
 * certain; where one does, its signature, issuer and age decide. Source: source/extensions/filters/http/jwt_authn/filter.cc,
 * verifier.cc, extractor.cc.
 */
export function jwtAuthn(question: FilterQuestion): FilterEffect {
  const config = question.config as unknown as JwtAuthentication;
  const { request } = question;
  if (config.bypass_cors_preflight === true && isPreflight(request)) return CONTINUES;
  const requirement = requirementFor(config, question);
  if (requirement === 'unknown')
    return { ...CONTINUES, gap: { id: 'PC9001', what: 'a rule of jwt_authn that pc does not model', path: jqPath(question.path) } };
  if (requirement === undefined) return CONTINUES;
  const standing = judge(requirement, config, request);
  if (standing === 'met') return { ...CONTINUES, says: 'jwt_authn: no token required' };
  const refused = (status: number, why: string) => answered(status, `jwt_authn_access_denied{${why}}`, null, { break: 'PC7004' });
  if (standing === 'missing') return replies(refused(401, 'Jwt_is_missing'), 'jwt_authn: a token is required and the request has none');
  return depends(
    'jwt_authn: whether the token is good depends on its signature, issuer, audience and age',
    { condition: 'the JWT is valid', reply: null },
    { condition: 'the JWT is not valid (signature, issuer or age)', reply: refused(401, 'Jwt_verification_fails') },
    { condition: 'the JWT is of another audience', reply: refused(403, 'Audiences_in_Jwt_are_not_allowed') },
  );
}

function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === 'OPTIONS' && Boolean(headers.first('origin')) && Boolean(headers.first('access-control-request-method'));
}

function requirementFor(config: JwtAuthentication, { perRoute, request }: FilterQuestion): JwtRequirement | undefined | 'unknown' {
  const override = perRoute as unknown as PerRouteConfig | undefined;
  if (override?.disabled === true) return undefined;
  if (override?.requirement_name) return config.requirement_map?.[override.requirement_name] ?? 'unknown';
  for (const rule of config.rules ?? []) {
    const test = compileRoute({ match: rule.match ?? {} }, 0).test(request);
    if (test.kind === 'unknown') return 'unknown';
    if (test.kind === 'matches') return rule.requires ?? (rule.requirement_name ? config.requirement_map?.[rule.requirement_name] : undefined);
  }
  return config.filter_state_rules === undefined ? undefined : 'unknown';
}

function judge(requirement: JwtRequirement, config: JwtAuthentication, request: HttpRequest): Standing {
  if (requirement.allow_missing_or_failed !== undefined || requirement.extract_only_without_validation !== undefined) return 'met';
  if (requirement.allow_missing !== undefined) return Object.values(config.providers ?? {}).some((p) => hasToken(p, request)) ? 'token given' : 'met';
  const named = requirement.provider_name ?? requirement.provider_and_audiences?.provider_name;
  if (named !== undefined) {
    const provider = config.providers?.[named];
    return provider !== undefined && hasToken(provider, request) ? 'token given' : 'missing';
  }
  if (requirement.requires_any !== undefined) {
    const all = (requirement.requires_any.requirements ?? []).map((r) => judge(r, config, request));
    // A bad token fails "any" only where every alternative fails; allow_missing is met by its absence alone.
    if (all.includes('token given')) return 'token given';
    return all.includes('met') ? 'met' : 'missing';
  }
  if (requirement.requires_all !== undefined) {
    const all = (requirement.requires_all.requirements ?? []).map((r) => judge(r, config, request));
    if (all.includes('missing')) return 'missing';
    return all.includes('token given') ? 'token given' : 'met';
  }
  return 'met';
}

/** Where a provider looks: its own headers, parameters and cookies; by default `Authorization: Bearer` and `access_token`. */
function hasToken(provider: JwtProvider, request: HttpRequest): boolean {
  const own = (provider.from_headers?.length ?? 0) + (provider.from_params?.length ?? 0) + (provider.from_cookies?.length ?? 0) > 0;
  const headers = own ? (provider.from_headers ?? []) : [{ name: 'authorization', value_prefix: 'Bearer ' }];
  const parameters = own ? (provider.from_params ?? []) : ['access_token'];
  const query = parseQuery(request.path);
  return (
    headers.some(({ name = '', value_prefix: prefix = '' }) => request.headers.all(name.toLowerCase()).some((value) => value.includes(prefix))) ||
    parameters.some((name) => query.has(name)) ||
    (provider.from_cookies ?? []).some((name) => cookieValue(request.headers, name) !== undefined)
  );
}
