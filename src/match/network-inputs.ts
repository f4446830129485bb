import type { AcceptedSocket, OpenAddress } from './accepted-socket.ts';
import { inspected, isInternalAddress } from './accepted-socket.ts';
import { isLocalConnection } from './inspected-connection.ts';
import { parseIp } from './ip-address.ts';
import type { InputValue, MatcherInputs } from './matcher-input.ts';

const NETWORK = 'envoy.extensions.matching.common_inputs.network.v3';
const SSL = 'envoy.extensions.matching.common_inputs.ssl.v3';

/**
 * The inputs that a matcher can take from a connection. A server name, protocol or source type that is not there is absent; several
 * application protocols are one text, each in quotes. An internal address has neither IP nor port.
 * Source: source/common/network/matching/inputs.h; source/extensions/matching/network/common/inputs.h.
 */
export function networkInputs(socket: AcceptedSocket, stated: Readonly<Record<string, string>> = {}): MatcherInputs {
  const connection = inspected(socket);
  return (type, input): InputValue => {
    switch (type) {
      case `${NETWORK}.DestinationIPInput`:
        return addressOr(socket.local, 'the destination address');
      case `${NETWORK}.DestinationPortInput`:
        return portOr(socket.local, 'the destination port');
      case `${NETWORK}.SourceIPInput`:
        return addressOr(socket.remote, 'the address of the client');
      case `${NETWORK}.SourcePortInput`:
        return portOr(socket.remote, 'the port of the client');
      case `${NETWORK}.DirectSourceIPInput`:
        return addressOr(socket.directRemote, "the address of the socket's peer");
      case `${NETWORK}.SourceTypeInput`: {
        const isLocal = isLocalConnection(connection);
        return isLocal === undefined ? { unavailable: 'whether the client is local' } : isLocal ? 'local' : null;
      }
      case `${NETWORK}.ServerNameInput`:
        return connection.serverName || null;
      case `${NETWORK}.TransportProtocolInput`:
        return connection.transportProtocol;
      case `${NETWORK}.ApplicationProtocolInput`:
        return connection.applicationProtocols.length === 0 ? null : `'${connection.applicationProtocols.join("','")}'`;
      case `${NETWORK}.NetworkNamespaceInput`:
        return null;
      case `${NETWORK}.FilterStateInput`: {
        const key = String(input.typed_config?.['key'] ?? '');
        return stated[`filter_state.${key}`] ?? { unavailable: `filter state ${key}` };
      }
      case `${SSL}.UriSanInput`:
      case `${SSL}.DnsSanInput`:
      case `${SSL}.SubjectInput`:
        return { unavailable: "the client certificate's names" };
      default:
        return { unavailable: type || 'an input without a type' };
    }
  };
}

function addressOr({ address }: OpenAddress, what: string): InputValue {
  if (isInternalAddress(address)) return null;
  return parseIp(address) === undefined ? { unavailable: what } : address;
}

function portOr({ address, port }: OpenAddress, what: string): InputValue {
  if (isInternalAddress(address)) return null;
  return port === undefined ? { unavailable: what } : String(port);
}
