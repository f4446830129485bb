import { type Certificate, createAuthority } from './certificate.ts';
import { UPSTREAM_COUNT } from './generate/configuration.ts';
import { startUpstream, type Upstream } from './upstreams.ts';

/** What every deployment shares: the Envoy to run, the servers behind it and its certificate. */
export interface TestBed {
  readonly envoy: string;
  readonly upstreams: readonly Upstream[];
  readonly certificate: Certificate;
  close(): Promise<void>;
}

export async function openTestBed(envoy: string): Promise<TestBed> {
  const upstreams = await Promise.all(Array.from({ length: UPSTREAM_COUNT }, (_, i) => startUpstream({ name: `u${i}` })));
  const certificate = createAuthority('oracle').issue('oracle', { dns: ['*'] });
  return {
    envoy,
    upstreams,
    certificate,
    close: async () => {
      await Promise.all(upstreams.map((upstream) => upstream.close()));
    },
  };
}
