import type { TraceRequest } from '../match/request.ts';
import type { DownstreamTlsContext } from '../model/generated/envoy-api.ts';
import { type AcceptedNames, acceptedNames } from './accepted-names.ts';
import type { BorderQuestion, ConnectingSide, Disagreement } from './border-question.ts';
import { presentedCertificates, trustedSubjects } from './presented-names.ts';

/** The caller does not accept the callee's certificate: by its names, or by who issued it. */
export function distrust(
  client: ConnectingSide,
  callee: BorderQuestion['callee'],
  expected: AcceptedNames | undefined,
  names: readonly string[] | undefined,
  server: DownstreamTlsContext | undefined,
): Disagreement | undefined {
  if (server === undefined) return undefined;
  const shown = presentedCertificates(callee.index, server.common_tls_context) ?? [];
  if (names !== undefined && expected !== undefined && shown.length > 0 && !shown.some((one) => expected.accepts(one.names)))
    return {
      break: 'PC6007',
      why: `the cluster accepts ${expected.described.join(', ')}, and the certificate of ${callee.name} has ${names.join(', ') || 'no names'}`,
    };
  const trusted = trustedSubjects(client.index, client.connection.tls?.context.common_tls_context);
  const issuers = shown.flatMap(({ issuer, chainIssuers }) => (issuer === undefined ? [] : [issuer, ...chainIssuers]));
  if (trusted !== undefined && issuers.length > 0 && !issuers.some((issuer) => trusted.includes(issuer)))
    return {
      break: 'PC6007',
      why: `the cluster trusts ${trusted.join(' and ')}, and the certificate of ${callee.name} was issued by ${issuers[0] || 'an authority without a name'}`,
    };
  return undefined;
}

/** What a client asks of the names in its server's certificate: by its validation context, or by the SNI where it is told so. */
export function expectedNames({ index, connection }: ConnectingSide, request: TraceRequest): AcceptedNames | undefined {
  const { tls, options } = connection;
  if (tls === null) return undefined;
  const isByName = tls.context.auto_sni_san_validation === true || options.auto_san_validation === true;
  return acceptedNames(index, tls.context.common_tls_context, isByName ? (request.tls?.sni ?? undefined) : undefined);
}
