import type { ResponseCodeDetail } from './response-code-detail.ts';

/** Details that one filter or rule set makes many of, by what they begin with: what stands behind it says the rest. */
interface DetailFamily {
  readonly begin: string;
  readonly by: ResponseCodeDetail['by'];
  readonly means: string;
  readonly next: string;
}

const family = (begin: string, by: ResponseCodeDetail['by'], means: string, next: string): DetailFamily => ({ begin, by, means, next });

/** Source: the names in Envoy 1.40, those of the program compared. The longer one of two that fit stands first. */
const FAMILIES: readonly DetailFamily[] = [
  family('uhv.', 'proxy', 'The header validator refuses the request', 'the client; header_validation_config of the connection manager'),
  family(
    'mcp_json_rest_bridge_',
    'proxy',
    'The filter that turns MCP calls into REST calls answers by itself',
    'the MCP request; the mcp_json_rest_bridge filter',
  ),
  family('mcp_', 'proxy', 'The MCP filter answers by itself', 'the MCP request of the client; the mcp filter'),
  family('a2a_filter_', 'proxy', 'The agent-to-agent filter refuses the request', 'the request of the client; the a2a filter'),
  family('ai_protocol_manager_', 'proxy', 'The filter for AI protocols answers by itself', 'the request body; the ai_protocol_manager filter'),
  family(
    'file_server_',
    'proxy',
    'The file server filter cannot or may not send the file',
    'path and method of the request; the files of the file_server filter',
  ),
  family('sse_', 'proxy', 'A stream of server-sent events breaks a limit of the filter', 'the events that the upstream sends; the limits of the filter'),
  family('reverse_tunnel_', 'proxy', 'The reverse tunnel filter refuses the handshake of a tunnel', 'the initiator of the tunnel; the reverse_tunnel filter'),
  family('dynamic_module_', 'proxy', 'A dynamic module ended it', 'the log of the proxy; the module'),
  family('header_mutation_', 'proxy', 'The external processing service asks for a header change that is not valid', 'the answer of the processing service'),
  family('connect_bridge_unary_', 'proxy', 'The bridge from Connect to gRPC has a limit for unary messages', 'the size of the message'),
  family(
    'grpc_field_extraction_',
    'proxy',
    'A gRPC message could not be read for the fields that the filter wants',
    'the request body and the descriptor of the filter',
  ),
  family(
    'proto_message_extraction_',
    'proxy',
    'A gRPC message could not be read for what the filter wants',
    'the request body and the descriptor of the filter',
  ),
  family('proto_api_scrubber_', 'proxy', 'A gRPC message could not be read or cleaned by the filter', 'the request body and the descriptor of the filter'),
  family(
    'ext_proc_',
    'proxy',
    'The external processing service, or the stream to it, ended the request',
    'pc endpoints for the cluster of the service; its log',
  ),
  family('oauth.', 'proxy', 'The OAuth2 filter answered', 'the oauth2 filter'),
  family('cache.', 'proxy', 'The cache filter had to do with the answer', 'the cache filter'),
];

/** The entry of a family for a detail that has none of its own; its words are those behind the family's name. */
export function familyDetail(name: string): ResponseCodeDetail | undefined {
  const found = FAMILIES.find(({ begin }) => name.startsWith(begin) && name.length > begin.length);
  if (found === undefined) return undefined;
  const rest = name.slice(found.begin.length).replace(/[_.]+/g, ' ').trim().toLowerCase();
  return { name, by: found.by, means: `${found.means}: ${rest}.`, next: found.next };
}
