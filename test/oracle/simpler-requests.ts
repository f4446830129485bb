import type { TraceRequest } from '../../src/match/request.ts';

/** Requests with one thing less, the largest steps first. */
export function simplerRequests(request: TraceRequest): TraceRequest[] {
  const headers = request.headers ?? [];
  const simpler: TraceRequest[] = [];
  const add = (changed: Partial<TraceRequest>): void => {
    const candidate = { ...request, ...changed };
    if (JSON.stringify(candidate) !== JSON.stringify(request)) simpler.push(candidate);
  };
  add({ headers: [] });
  headers.forEach((_, i) => {
    add({ headers: headers.filter((_header, j) => j !== i) });
  });
  add({ method: 'GET' });
  if (!request.tls) add({ protocol: 'http/1.1' });
  if (request.authority !== 'a.com') add({ authority: 'a.com' });
  const path = request.path ?? '/';
  add({ path: '/' });
  if (path.includes('?')) add({ path: path.slice(0, path.indexOf('?')) });
  if (request.tls?.alpn?.length) add({ tls: { ...request.tls, alpn: [] } });
  if (request.proxy_protocol === 2) add({ proxy_protocol: 1 });
  return simpler;
}
