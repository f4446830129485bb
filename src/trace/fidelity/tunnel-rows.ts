import { type FidelityTable, modelled, noEffect, undetermined } from './fidelity-table.ts';

const PROOF = { proof: 'snapshots/waypoint' };
const STATE = 'envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue';

/** What hands facts of a tunnel over to an internal listener, and how its destination is told. */
export const TUNNEL_ROWS: FidelityTable = {
  'envoy.extensions.filters.http.set_filter_state.v3.Config': {
    on_request_headers: modelled('what a tunnel hands on to an internal listener; nothing else on the way looks at it', { of: STATE, ...PROOF }),
    clear_route_cache: noEffect('route matchers on filter state are undetermined anyway'),
  },
  [STATE]: {
    object_key: modelled('destination and client of the connection inside; others as facts that RBAC may ask for', PROOF),
    factory_key: modelled('the key, where object_key is unset'),
    format_string: modelled(
      'plain text, %REQ(…)%, %DOWNSTREAM_REMOTE_ADDRESS%, %DOWNSTREAM_PEER_URI_SAN%; another format of the destination is undetermined',
      PROOF,
    ),
    read_only: noEffect('nothing else writes it'),
    shared_with_upstream: modelled('NONE is not handed on', PROOF),
    skip_if_empty: modelled(),
  },
  'envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport': {
    passthrough_metadata: modelled('envoy.filters.listener.original_dst of host or cluster: the destination, where no filter state tells it', {
      proof: 'test/trace/tunnel.test.ts',
    }),
    transport_socket: noEffect('inside one process'),
  },
  'envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport.MetadataValueSource': {
    kind: modelled('host and cluster; Envoy takes no other'),
    name: modelled(),
  },
  'envoy.extensions.bootstrap.internal_listener.v3.InternalListener': { buffer_size_kb: noEffect('flow control') },
  'envoy.config.listener.v3.Listener.InternalListenerConfig': {},
  'envoy.config.route.v3.RouteAction.UpgradeConfig.ConnectConfig': {
    proxy_protocol_config: undetermined('where the connection inside is followed: it then begins with a PROXY header'),
    allow_post: noEffect('a tunnel is a CONNECT'),
  },
};
