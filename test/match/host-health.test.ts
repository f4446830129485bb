import { describe, expect, test } from 'vitest';
import { describeHealth, healthOfHostStatus, healthOfStatus } from '../../src/match/host-health.ts';

describe('the health that an assignment states', () => {
  test.each([
    [undefined, 'HEALTHY', false],
    ['UNKNOWN', 'HEALTHY', false],
    ['HEALTHY', 'HEALTHY', false],
    ['DEGRADED', 'DEGRADED', false],
    ['UNHEALTHY', 'UNHEALTHY', false],
    ['TIMEOUT', 'UNHEALTHY', false],
    ['DRAINING', 'UNHEALTHY', true],
  ] as const)('%s counts as %s (left out of the count: %s)', (status, health, excluded) => {
    expect(healthOfStatus(status)).toMatchObject({ health, excluded });
  });
});

describe('the health that /clusters shows', () => {
  test('any sign of failure makes a host unhealthy, and all of them are told', () => {
    const state = healthOfHostStatus({ failed_active_health_check: true, failed_outlier_check: true, eds_health_status: 'HEALTHY' });
    expect(describeHealth(state)).toBe('UNHEALTHY (failed active health check, ejected by outlier detection)');
  });

  test('a host that is only ejected is known to come back', () => {
    expect(healthOfHostStatus({ failed_outlier_check: true, eds_health_status: 'HEALTHY' }).ejected).toBe(true);
    expect(healthOfHostStatus({ failed_outlier_check: true, eds_health_status: 'UNHEALTHY' }).ejected).toBe(false);
  });

  test('a degraded host is not unhealthy', () => {
    expect(healthOfHostStatus({ failed_active_degraded_check: true, eds_health_status: 'HEALTHY' }).health).toBe('DEGRADED');
    expect(healthOfHostStatus({ eds_health_status: 'DEGRADED' }).health).toBe('DEGRADED');
  });

  test('hosts that drain, or wait for their first health check, are left out of the count', () => {
    expect(healthOfHostStatus({ eds_health_status: 'DRAINING' })).toMatchObject({ health: 'UNHEALTHY', excluded: true });
    expect(healthOfHostStatus({ failed_active_health_check: true, pending_active_hc: true })).toMatchObject({ health: 'UNHEALTHY', excluded: true });
  });

  test('removal that is still to come changes nothing', () => {
    expect(healthOfHostStatus({ pending_dynamic_removal: true, eds_health_status: 'HEALTHY' }).health).toBe('HEALTHY');
  });
});
