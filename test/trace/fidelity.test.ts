import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { messageSchema } from '../../src/decode/schema.ts';
import type { FidelityRow, FidelityTable } from '../../src/trace/fidelity/fidelity-table.ts';
import { FILTER_FIDELITY } from '../../src/trace/fidelity/filter-fidelity.ts';
import { HTTP_FIDELITY } from '../../src/trace/fidelity/http-fidelity.ts';
import { ROUTE_FIDELITY } from '../../src/trace/fidelity/route-fidelity.ts';
import { FILTER_MODELS, OPAQUE, WITHOUT_EFFECT } from '../../src/trace/http-filters/filter-models.ts';
import { PARTS } from '../support/fidelity-page.ts';
import { projectRoot } from '../support/project-root.ts';

const HTTP_HALF: FidelityTable = { ...HTTP_FIDELITY, ...ROUTE_FIDELITY, ...FILTER_FIDELITY };
const ALL: FidelityTable = Object.assign({}, ...PARTS.map(([, table]) => table));
/** Fields of messages, `Route.match`, with their rows. */
const rowsOf = (table: FidelityTable): readonly (readonly [string, FidelityRow])[] =>
  Object.entries(table).flatMap(([type, fields]) => Object.entries(fields).map(([field, row]) => [`${type}.${field}`, row] as const));

/** `g5 sni_default`, `traces g4_clusters/dns, original_dst`: requests that a real Envoy answered; undefined for any other proof. */
function recordedCases(proof: string): readonly { readonly group: string; readonly name: string }[] | undefined {
  if (proof === 'traces-simulation') return [];
  const [, group, names = ''] = /^(?:traces )?(g\d)\w*(?:[ /](.*))?$/.exec(proof) ?? [];
  return group === undefined ? undefined : names.split(', ').map((name) => ({ group, name }));
}

describe('the tables know every field of their messages, and no other', () => {
  test.each(Object.keys(ALL))('%s', (type) => {
    const schema = messageSchema(type) ?? expect.fail('proto/ has no such message');
    expect(Object.keys(ALL[type] ?? {}).sort()).toEqual(schema.fields.map(({ name }) => name).sort());
  });

  test.each([
    'envoy.config.listener.v3.Listener',
    'envoy.config.listener.v3.FilterChain',
    'envoy.config.listener.v3.FilterChainMatch',
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    'envoy.config.route.v3.RouteConfiguration',
    'envoy.config.route.v3.VirtualHost',
    'envoy.config.route.v3.Route',
    'envoy.config.route.v3.RouteMatch',
    'envoy.config.route.v3.RouteAction',
    'envoy.config.route.v3.WeightedCluster',
    'envoy.config.route.v3.WeightedCluster.ClusterWeight',
    'envoy.config.route.v3.RedirectAction',
    'envoy.config.route.v3.DirectResponseAction',
    'envoy.config.cluster.v3.Cluster',
    'envoy.config.endpoint.v3.ClusterLoadAssignment',
  ])('%s is among them', (type) => {
    expect(ALL[type]).toBeDefined();
  });

  test('every filter that is evaluated has rows; of the others nothing but their type counts', () => {
    const judgedByType = new Set(['mixer', ...WITHOUT_EFFECT, ...Object.keys(OPAQUE)]);
    const evaluated = [...FILTER_MODELS.keys()].filter((type) => !judgedByType.has(type));
    // What the first two do depends on the traffic of the moment alone; the others count where they steer the request to a host.
    const apart = ['adaptive_concurrency', 'admission_control', 'json_to_metadata', 'set_filter_state', 'stateful_session', 'on_demand'];
    expect(evaluated.filter((type) => ALL[type] === undefined && !apart.includes(type.split('.')[4] ?? ''))).toEqual([]);
  });
});

test('what a row points to has rows of its own', () => {
  expect(rowsOf(ALL).filter(([, { of }]) => of !== undefined && ALL[of] === undefined)).toEqual([]);
});

test('a row of a map says so, and no other row does', () => {
  const isMap = (field: string): boolean => {
    const dot = field.lastIndexOf('.');
    return messageSchema(field.slice(0, dot))?.byName.get(field.slice(dot + 1))?.mapKey !== undefined;
  };
  expect(rowsOf(ALL).filter(([field, row]) => row.of !== undefined && isMap(field) !== (row.isMap === true))).toEqual([]);
});

describe('every statement has its reason', () => {
  test('whatever has no effect, or is a condition, or is not modelled says why', () => {
    const silent = rowsOf(ALL).filter(([, row]) => row.treatment !== 'modelled' && row.note === '');
    expect(silent.map(([field]) => field)).toEqual([]);
  });

  test('whatever is modelled in the HTTP half is shown by a test or a recorded case', () => {
    const unproven = rowsOf(HTTP_HALF).filter(([, row]) => row.treatment === 'modelled' && row.proof === undefined);
    expect(unproven.map(([field]) => field)).toEqual([]);
  });

  const proofs = [...new Set(rowsOf(ALL).flatMap(([, { proof }]) => proof ?? []))].sort();
  test.each(proofs.filter((proof) => recordedCases(proof) === undefined))('%s exists', (proof) => {
    expect(existsSync(join(projectRoot(), proof))).toBe(true);
  });

  const traces = join(projectRoot(), '..', 'shared', 'data', 'traces');
  test.skipIf(!existsSync(traces))('the recorded cases that are named are among the reference data (skipped without ../shared)', () => {
    const groups = readdirSync(traces);
    const missing = proofs
      .flatMap((proof) => recordedCases(proof) ?? [])
      .filter(({ group, name }) => {
        const folder = groups.find((known) => known.startsWith(group));
        return folder === undefined || !existsSync(join(traces, folder, name));
      });
    expect(missing).toEqual([]);
  });
});
