import { jqPath } from '../../dump/dump-path.ts';
import { compileRoute } from '../../match/route-entry.ts';
import type { JwtAuthentication, JwtProvider, JwtRequirement, HttpJwtAuthn_PerRouteConfig as PerRouteConfig } from '../../model/generated/envoy-api.ts';
import type { HttpRequest } from '../http-request.ts';
import type { LocalReply } from '../local-reply.ts';
import { answered, CONTINUES, depends, type FilterEffect, type FilterQuestion, replies } from './filter.ts';
import { isHopeless, tokensFor } from './jwt-token.ts';

/** What can be said of a requirement from the request alone. */
type Standing = 'met' | 'missing' | 'hopeless' | 'token given';

/**
 * jwt_authn: the first rule whose match fits names a requirement. Where no provider of it finds a token, or one that can never be good,
 * the request is refused for certain; else its signature, audience and age decide.
 * Source: source/extensions/filters/http/jwt_authn/filter.cc, filter_config.cc findVerifier, verifier.cc, authenticator.cc.
 */
export function jwtAuthn(question: FilterQuestion): FilterEffect {
  const config = question.config as unknown as JwtAuthentication;
  const { request } = question;
  if (config.bypass_cors_preflight === true && isPreflight(request)) return CONTINUES;
  const requirement = requirementFor(config, question);
  const gap = (what: string) => ({ id: 'PC9001', what, path: jqPath(question.path) });
  if (requirement === 'unknown') return { ...CONTINUES, gap: gap('a rule of jwt_authn that pc does not model') };
  if (requirement === 'wrong name') return replies(refused(403, 'Wrong_requirement_name'), 'jwt_authn: the route names a requirement that does not exist');
  if (requirement === undefined) return CONTINUES;
  const standing = judge(requirement, config, request);
  const providers = Object.values(config.providers ?? {});
  // A token that is a parameter is taken out of the path once it is good.
  const changesRequest = providers.some((provider) => provider.forward !== true && tokensFor(provider, request).some((token) => token.isParameter));
  if (standing === 'met') return { ...CONTINUES, changesRequest, says: 'jwt_authn: no token required' };
  if (standing === 'missing') return replies(refused(401, 'Jwt_is_missing'), 'jwt_authn: a token is required and the request has none');
  if (standing === 'hopeless') return replies(refused(401, 'Jwt_verification_fails'), 'jwt_authn: the token is malformed, or of another issuer');
  const effect = depends(
    'jwt_authn: whether the token is good depends on its signature, audience and age',
    { condition: 'the JWT is valid', reply: null },
    { condition: 'the JWT is not valid (signature, issuer or age)', reply: refused(401, 'Jwt_verification_fails') },
    { condition: 'the JWT is of another audience', reply: refused(403, 'Audiences_in_Jwt_are_not_allowed') },
  );
  return {
    ...effect,
    changesRequest,
    ...(providers.some((provider) => provider.clear_route_cache === true && tokensFor(provider, request).length > 0)
      ? { gap: gap('jwt_authn routes the request again once the token is good') }
      : {}),
  };
}

function refused(status: number, why: string): LocalReply {
  return answered(status, `jwt_authn_access_denied{${why}}`, null, { break: 'PC7004' });
}

function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === 'OPTIONS' && Boolean(headers.first('origin')) && Boolean(headers.first('access-control-request-method'));
}

function requirementFor(config: JwtAuthentication, { perRoute, request }: FilterQuestion): JwtRequirement | undefined | 'unknown' | 'wrong name' {
  const override = perRoute as unknown as PerRouteConfig | undefined;
  if (override?.disabled === true) return undefined;
  if (override?.requirement_name) return config.requirement_map?.[override.requirement_name] ?? 'wrong name';
  for (const rule of config.rules ?? []) {
    const test = compileRoute({ match: rule.match ?? {} }, 0).test(request);
    if (test.kind === 'unknown') return 'unknown';
    if (test.kind === 'matches') return rule.requires ?? (rule.requirement_name ? config.requirement_map?.[rule.requirement_name] : undefined);
  }
  return config.filter_state_rules === undefined ? undefined : 'unknown';
}

function judge(requirement: JwtRequirement, config: JwtAuthentication, request: HttpRequest): Standing {
  if (requirement.allow_missing_or_failed !== undefined || requirement.extract_only_without_validation !== undefined) return 'met';
  if (requirement.allow_missing !== undefined) {
    // Whatever token is there, of any provider, has to be good.
    const given = Object.values(config.providers ?? {}).map((provider) => judgeProvider(provider, request));
    const present = given.filter((standing) => standing !== 'missing');
    return present.length === 0 ? 'met' : present.includes('token given') ? 'token given' : 'hopeless';
  }
  const named = requirement.provider_name ?? requirement.provider_and_audiences?.provider_name;
  if (named !== undefined) return judgeProvider(config.providers?.[named], request);
  if (requirement.requires_any !== undefined) {
    const any = (requirement.requires_any.requirements ?? []).map((inner) => judge(inner, config, request));
    return best.find((standing) => any.includes(standing)) ?? 'met';
  }
  const all = (requirement.requires_all?.requirements ?? []).map((inner) => judge(inner, config, request));
  return [...best].reverse().find((standing) => all.includes(standing)) ?? 'met';
}

const best: readonly Standing[] = ['met', 'token given', 'hopeless', 'missing'];

function judgeProvider(provider: JwtProvider | undefined, request: HttpRequest): Standing {
  const tokens = provider === undefined ? [] : tokensFor(provider, request);
  if (provider === undefined || tokens.length === 0) return 'missing';
  // Every token that is found has to be good.
  return tokens.some((token) => isHopeless(token.text, provider)) ? 'hopeless' : 'token given';
}
