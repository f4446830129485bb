import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { messageSchema } from '../../src/decode/schema.ts';
import { fidelityPage, PARTS } from '../support/fidelity-page.ts';
import { projectRoot } from '../support/project-root.ts';

const root = projectRoot();
const rows = PARTS.flatMap(([, table]) =>
  Object.entries(table).flatMap(([message, fields]) => Object.entries(fields).map(([field, row]) => ({ message, field, row }))),
);

describe('the fidelity tables', () => {
  test('docs/fidelity.md is what they say (else: npm run docs:fidelity)', () => {
    expect(readFileSync(join(root, 'docs/fidelity.md'), 'utf8')).toBe(fidelityPage());
  });

  test.each([...new Set(rows.map(({ message }) => message))])('%s has a row for each field of the schema, and no other', (message) => {
    const fields = messageSchema(message)?.fields.map((field) => field.name) ?? [];
    const named = rows.filter((row) => row.message === message).map(({ field }) => field);
    expect([...new Set(named)].sort()).toEqual([...new Set(fields)].sort());
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
    'envoy.config.route.v3.RedirectAction',
    'envoy.config.route.v3.DirectResponseAction',
    'envoy.config.cluster.v3.Cluster',
    'envoy.config.endpoint.v3.ClusterLoadAssignment',
  ])('%s is among them', (message) => {
    expect(rows.some((row) => row.message === message)).toBe(true);
  });

  test('every proof that is a path exists', () => {
    const paths = [...new Set(rows.flatMap(({ row }) => row.proof?.split(/[ ,]+/) ?? []))].filter((word) => /^(test|snapshots)\//.test(word));
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
