import { isCredentialName } from '../dump/credentials.ts';
import { REDACTED } from '../dump/mask-secrets.ts';
import { compileHeader } from '../match/header-matcher.ts';
import { requestHeaders } from '../match/request-headers.ts';
import type { HeaderMatcher } from '../model/generated/envoy-api.ts';
import { headerMatchText } from '../query/string-match-text.ts';
import type { RouteFacts } from './ask-route-table.ts';
import { type ChangedHeaders, sameDuration } from './header-mutation.ts';
import type { Assertion, Validate } from './route-test.ts';

/** Holds what the route table says against what a test wants of it. What could not be told is `unchecked`, never passed. */
export function checkValidate(validate: Validate, facts: RouteFacts): readonly Assertion[] {
  const untold = (field: string): string | undefined => facts.untold.get(field) ?? facts.untold.get('route');
  const assertions: Assertion[] = validate.texts.map(([field, wanted]) => asserted(field, wanted, facts.texts[field], untold(field)));
  if (validate.codeRedirect !== undefined)
    assertions.push(asserted('code_redirect', String(validate.codeRedirect), String(facts.codeRedirect), untold('code_redirect')));
  if (validate.timeout !== undefined) assertions.push(checkTimeout(validate.timeout, facts, untold('timeout')));
  for (const { namespace, key, value } of validate.routeMetadata) {
    const found = facts.route?.metadata?.filter_metadata?.[namespace]?.[key];
    assertions.push(asserted(`route_metadata ${namespace}.${key}`, value, found === undefined ? '' : String(found), untold('route_metadata')));
  }
  for (const matcher of validate.requestHeaders) assertions.push(checkHeader('request header', matcher, facts.request, untold('request')));
  for (const matcher of validate.responseHeaders) assertions.push(checkHeader('response header', matcher, facts.response, untold('response')));
  return assertions;
}

/** One comparison of texts. */
export function asserted(what: string, wanted: string, found: string, why: string | undefined): Assertion {
  if (why !== undefined) return { what, wanted, found: '', result: 'unchecked', why };
  return { what, wanted, found, result: wanted === found ? 'pass' : 'fail' };
}

function checkTimeout(wanted: string, { route }: RouteFacts, why: string | undefined): Assertion {
  const found = route?.route === undefined ? '' : (route.route.timeout ?? '15s');
  const assertion = asserted('timeout', wanted, found, why);
  return assertion.result === 'fail' && sameDuration(wanted, found) ? { ...assertion, result: 'pass' } : assertion;
}

function checkHeader(what: string, matcher: HeaderMatcher, { lines, untold }: ChangedHeaders, reason: string | undefined): Assertion {
  const name = (matcher.name ?? '').toLowerCase();
  const headers = requestHeaders(lines);
  const test = compileHeader(matcher);
  const why = reason ?? untold.get(name) ?? test.unsupported;
  const values = headers.all(name);
  const found = values.length === 0 ? 'absent' : isCredentialName(name) ? REDACTED : values.join(' and ');
  const told = { what: `${what} ${name}`, wanted: headerMatchText(matcher), found };
  if (why !== undefined) return { ...told, found: '', result: 'unchecked', why };
  return { ...told, result: test.matches(headers) ? 'pass' : 'fail' };
}
