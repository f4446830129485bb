import { list, quoted } from '../words.ts';
import { selectsOthers } from './judge-gateways.ts';
import { peerMode } from './judge-mtls.ts';
import type { JudgedRequest } from './judge-requests.ts';
import { broken, type Judgement, unknown } from './judgement.ts';
import { fitsHost, listOf, objectName, objectOf, objectsOf, textOf } from './kube-object.ts';
import { istioGateways, type ObjectSet } from './object-set.ts';
import type { ProxyIdentity } from './proxy-identity.ts';

/** Why a connection is not taken: at a sidecar by the PeerAuthentication that counts, at a gateway by the hosts of its TLS servers. */
export function judgeInbound(request: JudgedRequest, set: ObjectSet, identity: ProxyIdentity): readonly Judgement[] {
  if (identity.role === 'sidecar') return bySidecar(request, set, identity);
  const sni = request.sni?.toLowerCase();
  const gateways = istioGateways(set).filter((gateway) => selectsOthers(gateway, identity) === undefined);
  const servers = gateways.flatMap((gateway) =>
    objectsOf(gateway.spec['servers']).flatMap((server) => (Object.keys(objectOf(server['tls'])).length > 0 ? [{ gateway, server }] : [])),
  );
  if (sni === undefined || servers.length === 0) return [];
  const hosts = (server: (typeof servers)[number]): readonly string[] => listOf(server.server['hosts']).map((entry) => entry.slice(entry.indexOf('/') + 1));
  const fits = servers.find((server) => hosts(server).some((pattern) => fitsHost(pattern, sni)));
  if (fits !== undefined) {
    const mode = textOf(objectOf(fits.server['tls'])['mode']);
    const needs = mode === 'MUTUAL' ? ', with mode MUTUAL: the client has to bring a certificate' : '';
    return [unknown('handshake', `${objectName(fits.gateway)} has a TLS server for ${quoted(sni)}${needs}`)];
  }
  const known = [...new Set(servers.flatMap(hosts))];
  return [
    broken(
      'handshake',
      `no TLS server of ${list([...new Set(servers.map(({ gateway }) => objectName(gateway)))])} has host ${quoted(sni)}; they have ${list(known.slice(0, 6).map(quoted))}`,
    ),
  ];
}

function bySidecar(request: JudgedRequest, set: ObjectSet, identity: ProxyIdentity): readonly Judgement[] {
  const peer = peerMode(identity.namespace, identity.labels, request.port, set);
  if (peer === undefined)
    return [unknown('handshake', 'no PeerAuthentication of the objects counts for this workload: it takes plain text and mTLS (PERMISSIVE)')];
  const meaning =
    peer.mode === 'STRICT'
      ? 'only mTLS is taken: call it through a sidecar, take tls.mode: DISABLE out of the client’s DestinationRule, or set PERMISSIVE'
      : peer.mode === 'DISABLE'
        ? 'only plain text is taken'
        : 'plain text and mTLS are taken';
  return [broken('handshake', `${objectName(peer.by)} has mode ${peer.mode} for this workload: ${meaning}`)];
}
