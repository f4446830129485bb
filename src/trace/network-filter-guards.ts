import { jqPath } from '../dump/dump-path.ts';
import type { ConnectionLimit, NetworkLocalRatelimit_LocalRateLimit as LocalRateLimit } from '../model/generated/envoy-api.ts';
import { isIstioPlugin } from './istio-wasm.ts';
import type { NetworkEffect, NetworkFilterQuestion } from './network-filter.ts';
import { outcome } from './outcome.ts';

/** A limit is judged as circuit breakers are: one connection at a time is below it. Source: connection_limit.cc Filter::onNewConnection. */
export function connectionLimit({ config }: NetworkFilterQuestion): NetworkEffect {
  return { kind: 'passes', says: `lets ${(config as ConnectionLimit | undefined)?.max_connections ?? '?'} connections through at a time` };
}

/** Source: source/extensions/filters/network/local_ratelimit/local_ratelimit.cc Filter::onNewConnection. */
export function localRateLimit({ config }: NetworkFilterQuestion): NetworkEffect {
  const limit = (config ?? {}) as LocalRateLimit;
  if (limit.runtime_enabled?.default_value === false) return { kind: 'passes' };
  const bucket = `${limit.token_bucket?.max_tokens ?? '?'} connections, filled every ${limit.token_bucket?.fill_interval ?? '?'}`;
  return {
    kind: 'guards',
    phase: 'connection',
    says: `local rate limit: ${bucket}`,
    alternatives: [
      { conditions: ['the local rate limit has a token left'], end: null },
      { conditions: ['the local rate limit is used up'], end: outcome({ verdict: 'answered', connection: 'closed', break: 'PC7006' }) },
    ],
  };
}

/** Source: source/extensions/filters/network/ext_authz/ext_authz.cc Filter::onData, onComplete. */
export function extAuthz({ config }: NetworkFilterQuestion): NetworkEffect {
  if (config?.['shadow_mode'] === true) return { kind: 'passes', says: 'ext_authz is asked, and its answer only counted' };
  return outside('first bytes', 'ext_authz', 'PC7005');
}

/** A service outside the proxy says whether the connection may stay. */
export function outside(phase: 'connection' | 'first bytes', who: string, id: string): NetworkEffect {
  return {
    kind: 'guards',
    phase,
    says: `${who} decides`,
    alternatives: [
      { conditions: [`${who} allows the connection`], end: null },
      { conditions: [`${who} denies the connection, or fails`], end: outcome({ verdict: 'answered', connection: 'closed', break: id }) },
    ],
  };
}

/** Istio before 1.5: asks Mixer unless check calls are off. */
export function mixer({ config }: NetworkFilterQuestion): NetworkEffect {
  return config?.['disable_check_calls'] === true ? { kind: 'passes' } : outside('first bytes', 'Mixer', 'PC7020');
}

export function wasm({ config, name, path }: NetworkFilterQuestion): NetworkEffect {
  if (isIstioPlugin(config, name)) return { kind: 'passes' };
  return { kind: 'unknown', gap: { id: 'PC9002', what: `the Wasm plugin of network filter "${name}" may close or answer the connection`, path: jqPath(path) } };
}
