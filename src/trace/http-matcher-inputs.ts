import type { InputValue, MatcherInputs } from '../match/matcher-tree.ts';
import { parseQuery } from '../match/query-parameters.ts';
import type { HttpRequest } from './http-request.ts';

const NETWORK = 'envoy.extensions.matching.common_inputs.network.v3';
const SSL = 'envoy.extensions.matching.common_inputs.ssl.v3';

/**
 * The inputs that matchers can take from an HTTP request. A header sent several times is one value, joined with commas; `:path` has
 * its query. Source: source/common/http/matching/inputs.h, source/extensions/matching/common_inputs/network.
 */
export function httpMatcherInputs(request: HttpRequest): MatcherInputs {
  const { facts } = request;
  return (type, input): InputValue => {
    const config = input.typed_config ?? {};
    switch (type) {
      case 'envoy.type.matcher.v3.HttpRequestHeaderMatchInput': {
        const name = String(config['header_name'] ?? '').toLowerCase();
        const values = request.headers.all(name === 'host' ? ':authority' : name);
        return values.length === 0 ? null : values.join(',');
      }
      case 'envoy.type.matcher.v3.HttpRequestQueryParamMatchInput':
        return parseQuery(request.path).get(String(config['query_param'] ?? '')) ?? null;
      case `${NETWORK}.DestinationIPInput`:
        return facts.localAddress || null;
      case `${NETWORK}.DestinationPortInput`:
        return facts.localPort === undefined ? null : String(facts.localPort);
      case `${NETWORK}.SourceIPInput`:
        return request.trustedClient || null;
      case `${NETWORK}.SourcePortInput`:
        return facts.remotePort === undefined ? { unavailable: 'the client port' } : String(facts.remotePort);
      case `${NETWORK}.DirectSourceIPInput`:
        return facts.directRemoteAddress || null;
      case `${NETWORK}.ServerNameInput`:
        return facts.sni || null;
      case `${NETWORK}.TransportProtocolInput`:
        return facts.isTls ? 'tls' : 'raw_buffer';
      case `${NETWORK}.ApplicationProtocolInput`:
        return facts.alpn === undefined ? null : `'${facts.alpn}'`;
      case `${SSL}.UriSanInput`:
      case `${SSL}.DnsSanInput`:
      case `${SSL}.SubjectInput`:
        return facts.certificate.presented ? { unavailable: "the client certificate's names" } : null;
      default:
        return { unavailable: type || 'an input without a type' };
    }
  };
}
