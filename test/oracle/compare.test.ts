import { describe, expect, test } from 'vitest';
import type { Outcome, TraceAnswer } from '../../src/trace/trace-answer.ts';
import { binomialTail } from './binomial.ts';
import { compareAnswer } from './compare.ts';
import type { Observed, ObservedOutcome } from './observed.ts';

const SEEN: ObservedOutcome = {
  status: 200,
  via: 'http',
  flags: null,
  details: 'via_upstream',
  virtual_host: 'host',
  route_name: 'route',
  cluster: 'a',
  upstream_host: '127.0.0.1:1',
  upstream: 'u0',
  filter_chain: null,
  location: null,
  headers: { 'x-up-path': '/', 'x-up-host': 'a.com' },
  body: '',
};
const NOT_FOUND: ObservedOutcome = {
  ...SEEN,
  status: 503,
  flags: 'NC',
  details: 'cluster_not_found',
  cluster: null,
  upstream_host: null,
  upstream: null,
  headers: {},
};

const FORWARDED: Outcome = {
  probability: 1,
  verdict: 'forwarded',
  status: null,
  flags: null,
  details: null,
  location: null,
  grpc_status: null,
  route_config: 'routes',
  virtual_host: 'host',
  route: 'route',
  cluster: 'a',
  observability_name: null,
  upstream_request: { method: 'GET', path: '/', host: 'a.com' },
  endpoints: [{ address: '127.0.0.1:1', share: 1, health: 'HEALTHY' }],
  connection: null,
  break: null,
  conditions: [],
};
const BROKEN: Outcome = {
  ...FORWARDED,
  verdict: 'broken',
  status: 503,
  flags: 'NC',
  details: 'cluster_not_found',
  cluster: 'b',
  endpoints: null,
  upstream_request: null,
};

describe('judging an answer', () => {
  const judged = (seen: readonly (ObservedOutcome & { n?: number })[], said: readonly Outcome[], more: Partial<TraceAnswer> = {}) =>
    compareAnswer(observed(seen), {
      version: 1,
      id: null,
      verdict: 'forwarded',
      listener: null,
      filter_chain: null,
      destination: null,
      assumptions: [],
      outcomes: said,
      gap: null,
      ...more,
    });

  test('an answer that names what was seen is right', () => {
    expect(judged([SEEN], [FORWARDED]).verdict).toBe('right');
    expect(judged([NOT_FOUND], [BROKEN]).verdict).toBe('right');
  });

  test.each([' a.com', 'a.com\t'])('a host sent with blanks around it is what the server reads without them: %j', (host) => {
    expect(judged([SEEN], [{ ...FORWARDED, upstream_request: { method: 'GET', path: '/', host } }]).verdict).toBe('right');
  });

  test.each<[string, ObservedOutcome, Outcome]>([
    ['verdict', SEEN, BROKEN],
    ['cluster', SEEN, { ...FORWARDED, cluster: 'b' }],
    ['route', SEEN, { ...FORWARDED, route: 'other' }],
    ['virtual_host', SEEN, { ...FORWARDED, virtual_host: null }],
    ['endpoint', SEEN, { ...FORWARDED, endpoints: [{ address: '127.0.0.1:2', share: 1, health: 'HEALTHY' }] }],
    ['upstream path', SEEN, { ...FORWARDED, upstream_request: { method: 'GET', path: '/n', host: 'a.com' } }],
    ['upstream host', SEEN, { ...FORWARDED, upstream_request: { method: 'GET', path: '/', host: 'b.com' } }],
    ['status', NOT_FOUND, { ...BROKEN, status: 404 }],
    ['flags', NOT_FOUND, { ...BROKEN, flags: 'NC,UH' }],
    ['details', NOT_FOUND, { ...BROKEN, details: 'no_healthy_upstream' }],
    ['location', { ...NOT_FOUND, location: 'http://a.com/' }, { ...BROKEN, location: 'http://b.com/' }],
    ['filter_chain', { ...SEEN, filter_chain: 'tls' }, FORWARDED],
  ])('a wrong %s is named', (field, seen, said) => {
    const { verdict, reason } = judged([seen], [said]);
    expect([verdict, reason.split(':')[0]]).toEqual(['wrong', field]);
  });

  test('what an upstream did after routing counts as forwarded', () => {
    const refused = {
      ...SEEN,
      status: 503,
      flags: 'UF',
      details: 'upstream_reset_before_response_started{remote_connection_failure}',
      upstream: null,
      headers: {},
    };
    expect(judged([refused], [FORWARDED]).verdict).toBe('right');
  });

  test('the order of flags and what details say in braces do not matter', () => {
    expect(judged([{ ...NOT_FOUND, flags: 'UH,NC', details: 'cluster_not_found{x}' }], [{ ...BROKEN, flags: 'NC,UH' }]).verdict).toBe('right');
  });

  test('the name by which a cluster is observed explains it as well', () => {
    expect(judged([{ ...SEEN, cluster: 'stats' }], [{ ...FORWARDED, observability_name: 'stats' }]).verdict).toBe('right');
  });

  test('probabilities of outcomes without conditions have to sum to 1', () => {
    expect(judged([SEEN], [{ ...FORWARDED, probability: 0.5 }]).verdict).toBe('wrong');
    expect(judged([SEEN], [{ ...FORWARDED, probability: null }]).verdict).toBe('wrong');
  });

  test('a count far from its probability is wrong, one within luck is right', () => {
    const split = [
      { ...FORWARDED, probability: 0.2 },
      { ...BROKEN, probability: 0.8 },
    ];
    expect(
      judged(
        [
          { ...SEEN, n: 9 },
          { ...NOT_FOUND, n: 31 },
        ],
        split,
      ).verdict,
    ).toBe('right');
    expect(
      judged(
        [
          { ...SEEN, n: 31 },
          { ...NOT_FOUND, n: 9 },
        ],
        split,
      ).verdict,
    ).toBe('wrong');
  });

  test('always the same after few looks does not fit an even chance', () => {
    const even = [
      { ...FORWARDED, probability: 0.5 },
      { ...BROKEN, probability: 0.5 },
    ];
    expect(judged([{ ...SEEN, n: 3 }], even).verdict).toBe('wrong');
  });

  test('an alternative with a condition is conditional, a gap is undetermined', () => {
    expect(judged([SEEN], [{ ...FORWARDED, probability: null, conditions: ['x resolves'] }])).toEqual({ verdict: 'conditional', reason: 'x resolves' });
    expect(judged([SEEN], [], { verdict: 'undetermined', gap: { id: 'PC9001', what: 'VHDS', path: '.' } })).toEqual({
      verdict: 'undetermined',
      reason: 'VHDS',
    });
  });
});

test('the binomial tail is that of the textbook', () => {
  expect(binomialTail(0, 10, 0.5)).toBeCloseTo(1 / 1024, 10);
  expect(binomialTail(8, 10, 0.5)).toBeCloseTo(56 / 1024, 10);
  expect([binomialTail(0, 5, 0), binomialTail(1, 5, 0), binomialTail(5, 5, 1)]).toEqual([1, 0, 1]);
});

function observed(seen: readonly (ObservedOutcome & { n?: number })[]): Observed {
  const outcomes = seen.map((outcome) => ({ ...outcome, n: outcome.n ?? 1 }));
  return { n: outcomes.reduce((sum, outcome) => sum + outcome.n, 0), outcomes };
}
