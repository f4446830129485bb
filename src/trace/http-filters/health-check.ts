import { compileHeader } from '../../match/header-matcher.ts';
import type { HttpHealthCheck_HealthCheck as HealthCheck } from '../../model/generated/envoy-api.ts';
import type { LocalReply } from '../local-reply.ts';
import type { ProxyIndex } from '../proxy-index.ts';
import { answered, CONTINUES, depends, type FilterEffect, type FilterQuestion, replies } from './filter.ts';

const OK = answered(200, 'health_check_ok');
const failed = (details: string): LocalReply => answered(503, details, 'LH');

/**
 * The health check filter answers what its header matchers pick, before any route: 200, or 503 while the proxy was told to fail its
 * checks (then in pass-through mode too) or too few hosts of a named cluster are healthy.
 * Source: source/extensions/filters/http/health_check/health_check.cc HealthCheckFilter::decodeHeaders, onComplete.
 */
export function healthCheck({ request, config, index }: FilterQuestion): FilterEffect {
  const check = config as unknown as HealthCheck;
  if (!(check.headers ?? []).every((header) => compileHeader(header).matches(request.headers))) return CONTINUES;
  if (index.proxy.serverInfo?.value.state === 'DRAINING') return replies(failed('health_check_failed'), 'health check: the proxy was told to fail its checks');
  if (check.pass_through_mode === true) return passedThrough(check);
  const clusters = Object.keys(check.cluster_min_healthy_percentages ?? {});
  return clusters.length > 0 ? byClusters(clusters, index) : replies(OK, 'health check: answered by the proxy itself');
}

function passedThrough({ cache_time: cacheTime }: HealthCheck): FilterEffect {
  if (cacheTime === undefined) return { ...CONTINUES, says: 'health check: passed through' };
  return depends(
    'health check: passed through, and its answer is kept for a while',
    { condition: 'no answer to an earlier health check is kept', reply: null },
    { condition: 'an earlier health check was answered with 200', reply: answered(200, 'health_check_cached') },
    { condition: 'an earlier health check was answered with 503', reply: failed('health_check_cached') },
  );
}

function byClusters(clusters: readonly string[], { clusters: known }: ProxyIndex): FilterEffect {
  const missing = clusters.find((name) => !known.has(name));
  if (missing !== undefined) return replies(failed('health_check_failed_no_cluster_found'), `health check: there is no cluster "${missing}"`);
  return depends(
    `health check: answers by the health of ${clusters.join(', ')}`,
    { condition: 'every named cluster has its share of healthy hosts', reply: answered(200, 'health_check_ok_cluster_healthy') },
    { condition: 'a named cluster has too few healthy hosts', reply: failed('health_check_failed_cluster_unhealthy') },
    { condition: 'a named cluster has no hosts', reply: failed('health_check_failed_cluster_empty') },
  );
}
