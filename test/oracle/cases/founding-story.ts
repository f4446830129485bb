import { forward } from '../istio/routes.ts';
import { ask, type SnapshotCase } from '../record/snapshot-case.ts';
import { BOTH_SUBSETS, CATALOG_HOST, catalogHost, clustersWith, GATEWAY, gatewayListener, gatewayRoutes, SPLIT, V1, V2 } from './gateway.ts';

const split = { listeners: [gatewayListener()], routes: [gatewayRoutes([catalogHost([SPLIT])])] };

const requests = [
  ask('items', 8080, CATALOG_HOST, '/items', { times: 40 }),
  ask('root', 8080, CATALOG_HOST, '/', { times: 40 }),
  ask('host-with-port', 8080, `${CATALOG_HOST}:80`, '/items', { times: 40 }),
  ask('host-in-capitals', 8080, CATALOG_HOST.toUpperCase(), '/items', { times: 40 }),
  ask('http2', 8080, CATALOG_HOST, '/items', { protocol: 'h2', times: 40 }),
  ask('post', 8080, CATALOG_HOST, '/items?id=1', { method: 'POST', body: '{}', times: 40 }),
];

export const missingSubset: SnapshotCase = {
  name: 'founding-story-missing-subset',
  story:
    'A VirtualService splits the catalog 20/80 between the subsets version-v1 and version-v2, but no DestinationRule defines them: every request is answered 503.',
  proxy: GATEWAY,
  resources: () => ({ ...split, ...clustersWith({}) }),
  requests,
};

export const fixed: SnapshotCase = {
  name: 'founding-story-fixed',
  story: 'The same VirtualService with a DestinationRule that defines both subsets: one request in five reaches version v1, four reach version v2.',
  proxy: GATEWAY,
  resources: () => ({ ...split, ...BOTH_SUBSETS }),
  requests,
};

export const oneArmMissing: SnapshotCase = {
  name: 'weighted-one-arm-missing',
  story: 'The DestinationRule defines version-v1 only: one request in five works, and the other four are answered 503, which looks like a flaky service.',
  proxy: GATEWAY,
  resources: () => ({ ...split, ...clustersWith({ 'version-v1': ['catalog-v1'] }) }),
  requests,
};

export const zeroWeight: SnapshotCase = {
  name: 'weighted-missing-arm-of-zero-weight',
  story: 'Before a release all traffic stays with version-v1; version-v2 has weight 0 and is not defined yet. Nothing is broken.',
  proxy: GATEWAY,
  resources: () => ({
    listeners: [gatewayListener()],
    routes: [
      gatewayRoutes([
        catalogHost([
          forward(
            [
              [V1, 100],
              [V2, 0],
            ],
            { virtualService: 'catalog-v1-v2' },
          ),
        ]),
      ]),
    ],
    ...clustersWith({ 'version-v1': ['catalog-v1'] }),
  }),
  requests: requests.slice(0, 2),
};
