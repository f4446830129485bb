import { compileString } from '../match/string-matcher.ts';
import type { CertificateValidationContext, CommonTlsContext, StringMatcher, SubjectAltNameMatcher } from '../model/generated/envoy-api.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';

/** The names that a client of TLS accepts in its server's certificate. */
export interface AcceptedNames {
  /** One entry a matcher, in words: `spiffe://cluster.local/ns/shop/sa/catalog`, `*.example.com`. */
  readonly described: readonly string[];
  /** In: names with their kind (`URI:…`). A matcher that pc cannot read accepts every name. */
  accepts(names: readonly string[]): boolean;
}

const KINDS: Readonly<Record<string, string>> = { URI: 'URI:', DNS: 'DNS:', EMAIL: 'email:', IP_ADDRESS: 'IP:' };

/**
 * What the validation contexts of a client ask of the server's names: any one of them is enough. Undefined where nothing is asked, or
 * the certificate is not verified at all. `dnsName` is asked besides by auto_san_validation.
 * Source: source/common/tls/cert_validator/default_validator.cc verifySubjectAltName, matchSubjectAltName; san_matcher.cc.
 */
export function acceptedNames(index: ProxyIndex, common: CommonTlsContext = {}, dnsName: string | undefined = undefined): AcceptedNames | undefined {
  const { validation_context: own, combined_validation_context: combined } = common;
  const secret = combined?.validation_context_sds_secret_config?.name ?? common.validation_context_sds_secret_config?.name;
  const delivered = secret === undefined ? undefined : index.secrets.get(secret)?.value.validation_context;
  const contexts = [own, combined?.default_validation_context, delivered].filter((c): c is CertificateValidationContext => c !== undefined);
  if (contexts.some(({ trust_chain_verification: trust }) => trust === 'ACCEPT_UNTRUSTED')) return undefined;
  // With auto_san_validation the name of the request replaces what the context asks for.
  const typed: readonly SubjectAltNameMatcher[] =
    dnsName !== undefined
      ? [{ san_type: 'DNS', matcher: { exact: dnsName } }]
      : contexts.flatMap((c) => [...(c.match_typed_subject_alt_names ?? []), ...(c.match_subject_alt_names ?? []).map((matcher) => ({ matcher }))]);
  if (typed.length === 0) return undefined;
  return {
    described: typed.map(({ matcher = {} }) => matcher.exact ?? matcher.prefix?.concat('*') ?? compileString(matcher).describe),
    accepts: (names) => typed.some((one) => names.some((name) => matches(one, name))),
  };
}

function matches({ san_type: type, matcher = {} }: SubjectAltNameMatcher, name: string): boolean {
  const kind = typeof type === 'string' ? KINDS[type] : undefined;
  if (kind !== undefined && !name.startsWith(kind)) return false;
  if (typeof type === 'string' && type === 'OTHER_NAME') return true;
  const bare = name.slice(name.indexOf(':') + 1);
  if (name.startsWith('DNS:') && matcher.exact !== undefined && isWildcardFor(bare, matcher.exact)) return true;
  return accepts(matcher, bare);
}

function accepts(matcher: StringMatcher, text: string): boolean {
  const test = compileString(matcher);
  return test.unsupported !== undefined || test.matches(text);
}

/** `*.example.com` of a certificate stands for one label. */
function isWildcardFor(pattern: string, name: string): boolean {
  return pattern.startsWith('*.') && name.indexOf('.') > 0 && name.slice(name.indexOf('.')).toLowerCase() === pattern.slice(1).toLowerCase();
}
