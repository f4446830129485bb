import type { TraceRequest } from '../match/request.ts';

/** Whether the question says that the client brings a certificate. */
export function bringsCertificate({ tls }: TraceRequest): boolean {
  const certificate = tls?.client_cert;
  return certificate !== undefined && certificate !== null && certificate !== false;
}

/** The names of the client's certificate where the question gives them (`client_cert: "spiffe://…"`, or a list); undefined where not. */
export function clientIdentities({ tls }: TraceRequest): readonly string[] | undefined {
  const certificate = tls?.client_cert;
  if (typeof certificate === 'string' && certificate !== '') return [certificate];
  return Array.isArray(certificate) && certificate.every((name) => typeof name === 'string') ? certificate : undefined;
}
