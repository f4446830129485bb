import type { BreakEntry } from './break-entry.ts';

/** What the dump does not hold, and our own limits: never blamed on the user's configuration. */
const gap = (id: string, slug: string, why: string, ...hints: string[]): BreakEntry => ({
  id,
  slug,
  severity: 'warning',
  title: (f) => f.rule ?? slug,
  why: () => why,
  hints: () => hints,
});

export const GAPS: readonly BreakEntry[] = [
  gap('PC1001', 'section-missing', 'The dump lacks a part that the answer needs.', 'fetch the whole of it: curl -s localhost:15000/config_dump?include_eds'),
  gap(
    'PC1002',
    'eds-not-included',
    'Endpoints are in a dump only when they are asked for.',
    'fetch it with them: curl -s localhost:15000/config_dump?include_eds',
    'or give the output of /clusters?format=json as a second -f',
  ),
  gap('PC9000', 'nothing-known', 'The walk ended without an answer, which should not be.', 'report it with the dump (pc redacts secrets)'),
  gap('PC9001', 'not-modelled', 'pc does not model this part of Envoy, and does not guess.', 'docs/fidelity.md says what is modelled'),
  gap(
    'PC9002',
    'opaque-filter',
    'What the filter does is decided by code that a dump does not hold.',
    'look at the code or the module of the filter; the log of the proxy tells what it did',
  ),
  gap(
    'PC9003',
    'outside-service',
    'A service outside the proxy decides.',
    'ask the service, or look at its log',
    'pc why on the access log tells what it decided',
  ),
  gap('PC9004', 'internal-redirect', 'The upstream decides whether Envoy routes the request again.', 'send the request and follow its Location header by hand'),
  gap('PC9010', 'question-not-clear', 'The question leaves open which listener gets the request.', 'say it with --to ADDRESS:PORT, or with --listener NAME'),
];
