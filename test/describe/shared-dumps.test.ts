import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxies } from '../../src/cli/load-proxy.ts';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { describeProxy } from '../../src/describe/describe-proxy.ts';
import type { Description } from '../../src/describe/description.ts';
import { producerOf } from '../../src/diagnostics/producer.ts';
import { Failure } from '../../src/dump/failure.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { describeText } from '../../src/render/describe-text.ts';
import { styleFor } from '../../src/render/style.ts';
import { hasSharedData, indexedFiles, SHARED_DATA } from '../support/shared-data.ts';

const NOW = new Date('2026-11-22T00:00:00Z');
const TWO_SCREENS = { lines: 100, columns: 120 };

/** What was read of each dump by hand. Clusters: with mTLS, with mTLS by endpoint, with TLS, in plaintext. */
interface Facts {
  readonly maker: string | null;
  readonly role: string | null;
  readonly envoy?: string;
  readonly version?: string;
  readonly pod?: string;
  readonly namespace?: string;
  readonly plane?: readonly string[];
  readonly ports: readonly string[];
  readonly inbound: readonly string[];
  readonly clusters?: readonly [mtls: number, byEndpoint: number, tls: number, plaintext: number];
  readonly policies?: readonly string[];
  readonly hosts?: readonly string[];
  readonly certificates?: readonly string[];
  readonly unknown?: readonly RegExp[];
}

const ISTIO_GATEWAY_PORTS = ['15000 pod', '15004 pod, by convention', '15020 any, by convention', '15021 any', '15090 any'];
const ISTIO_SIDECAR_PORTS = [
  '15000 pod',
  '15001 any',
  '15002 pod, by convention',
  '15004 pod, by convention',
  '15006 any',
  '15020 any, by convention',
  '15021 any',
  '15090 any',
];

const FACTS: Readonly<Record<string, Facts>> = {
  'istio/c-end-to-end/real/istio-ingressgateway': {
    maker: 'Istio',
    role: 'gateway',
    envoy: '1.40.0',
    version: '1.32.0',
    pod: 'istio-ingressgateway-6bb8fb6549-lb7z2',
    namespace: 'istio-system',
    plane: ['./etc/istio/proxy/XDS'],
    ports: ['8080 any', ...ISTIO_GATEWAY_PORTS],
    inbound: ['8080 disabled'],
    clusters: [0, 20, 0, 0],
    hosts: [
      'catalog.istioinaction.io by VirtualService istioinaction/catalog-v1-v2, DestinationRule istioinaction/catalog',
      'webapp.istioinaction.io by VirtualService istioinaction/webapp-virtualservice',
    ],
    certificates: ['default 364', 'ROOTCA 3649'],
    unknown: [/the control plane's version/],
  },
  'istio/d08-strict-mtls-vs-disable/real/webapp': {
    maker: 'Istio',
    role: 'sidecar',
    version: '1.32.0',
    namespace: 'istioinaction',
    ports: ISTIO_SIDECAR_PORTS,
    inbound: ['8080 strict', '* strict'],
    clusters: [0, 17, 0, 1],
  },
  'istio/d18-jwt-extauthz/istio-ingressgateway.json': {
    maker: 'Istio',
    role: 'gateway',
    ports: ['8080 any', ...ISTIO_GATEWAY_PORTS],
    inbound: ['8080 disabled'],
    policies: [
      'AuthorizationPolicy istio-system/ext CUSTOM',
      'external authorization outbound|80||forum.istioinaction.svc.cluster.local',
      'jwt origins-0',
      'AuthorizationPolicy istio-system/needjwt ALLOW',
    ],
    unknown: [/names of RequestAuthentications/],
  },
  'istio/d38-peer-portlevel/catalog-v1.json': { maker: 'Istio', role: 'sidecar', ports: ISTIO_SIDECAR_PORTS, inbound: ['3000 disabled', '* strict'] },
  'dumps/istio__istio/istioctl_cmd_testdata_auth_productpage_config_dump@2019-04-30-1f0fed9.json': {
    maker: 'Istio',
    role: 'sidecar',
    envoy: '1.10.0-dev',
    version: '1.1.1',
    pod: 'productpage-v1-5cb458d74f-56sx7',
    namespace: 'default',
    plane: ['istio-pilot.istio-system:15011'],
    ports: ['15000 pod', '15001 any', '15090 any'],
    inbound: ['9080 strict', '15020 disabled'],
    clusters: [45, 0, 0, 6],
    policies: ['RBAC service-viewer ALLOW'],
    certificates: [],
    unknown: [/no endpoints section/, /no secrets section/],
  },
  'dumps/istio__istio/bugreport-ce74670_default_details-v1-5f4d584748-ztplf_config_dump_include_eds.json': {
    maker: 'Istio',
    role: 'sidecar',
    envoy: '1.28.0',
    version: '1.20-dev',
    pod: 'details-v1-5f4d584748-ztplf',
    namespace: 'default',
    ports: ISTIO_SIDECAR_PORTS,
    inbound: ['9080 permissive', '* permissive'],
    clusters: [0, 52, 0, 0],
    certificates: ['default -1172', 'default 2408', 'ROOTCA 2408'],
  },
  'dumps/istio__istio/istioctl_pkg_writer_compare_testdata_configdump@2024-04-30-e2653c5.json': {
    maker: 'Istio',
    role: 'waypoint',
    ports: ['15004 pod, by convention', '15008 any', '15020 any, by convention'],
    inbound: ['15008 strict'],
    unknown: [/no bootstrap section/, /no endpoints section/, /no secrets section/],
  },
  'dumps/envoyproxy__gateway/egctl_config_in_in.all.json': {
    maker: 'Envoy Gateway',
    role: 'gateway',
    envoy: '1.26.0',
    plane: ['envoy-gateway:18000'],
    ports: ['10080 any', '19000 pod'],
    inbound: ['10080 disabled'],
    clusters: [0, 0, 0, 1],
    certificates: ['xds_certificate -1008', 'xds_trusted_ca -1008'],
  },
  'dumps/envoyproxy__gateway/egctl_translate_out_default-resources.all.yaml': {
    maker: 'Envoy Gateway',
    role: 'gateway',
    ports: ['1234 any', '1234 any', '8080 any', '8443 any', '10080 any', '19000 pod', '19003 any'],
    inbound: ['1234 disabled', '8080 disabled', '8443 passthrough', '10080 disabled', '19003 disabled'],
    hosts: [
      'www.grpc-example.com by GRPCRoute default/backend, Gateway default/eg',
      'www.example.com by HTTPRoute default/backend, Gateway default/eg',
      '*:1234 by TCPRoute default/backend',
      'foo.com by TLSRoute default/backend',
    ],
  },
  'dumps/alibaba__higress/pkg_config_testdata_config_input_in.all@2023-12-19-bf813e5.json': {
    maker: 'Higress',
    role: 'gateway',
    plane: ['higress:18000'],
    ports: ['10080 any', '15000 pod'],
    inbound: ['10080 disabled'],
  },
  'dumps/hashicorp__consul-k8s/cli_cmd_proxy_read_test_config_dump@2022-06-24-80c2dd2.json': {
    maker: 'Consul',
    role: 'sidecar',
    envoy: '1.22.0',
    pod: 'backend-658b679b45-d5xlb',
    namespace: 'default',
    plane: ['192.168.79.187:8502'],
    ports: ['15001 pod', '19000 pod', '20000 address'],
    inbound: ['20000 strict'],
    clusters: [3, 0, 0, 0],
    policies: ['RBAC consul-intentions-layer4 DENY'],
    certificates: ['default -1712', 'ROOTCA 1937', 'default 1937'],
  },
  'dumps/kumahq__kuma/pkg_envoy_admin_testdata_full_config@2026-08-05-a3800ae.json': {
    maker: 'Kuma',
    role: 'sidecar',
    envoy: '1.19.0',
    version: 'dev-9fd12f2f3',
    plane: ['localhost:5678'],
    ports: ['6606 pod', '10006 pod', '10010 pod'],
    inbound: ['10010 disabled'],
    unknown: [/no routes section/, /no endpoints section/],
  },
  'dumps/kumahq__kuma/e2e_sidecars_meshtls_inbound-permissive.demo-client.golden.json': {
    maker: 'Kuma',
    role: 'sidecar',
    ports: ['0 address', '15001 address', '15006 address'],
    inbound: ['0 permissive', '3000 permissive', '* disabled', '* disabled'],
    clusters: [2, 0, 0, 0],
    policies: ['RBAC kri_mtp_envoyconfig_kuma-3__allow-all-envoyconfig-0_ ALLOW', 'RBAC default DENY'],
  },
  'dumps/openservicemesh__osm/pkg_cli_verifier_testdata_sample-envoy-config-dump-bookstore@2022-09-06-d64f388.json': {
    maker: 'Open Service Mesh',
    role: 'sidecar',
    envoy: '1.18.3',
    namespace: 'bookstore',
    plane: ['osm-controller.osm-system.svc.cluster.local:15128'],
    ports: ['15000 pod', '15001 any', '15003 any', '15010 any', '15901 any', '15902 any', '15903 any'],
    inbound: ['14001 strict', '15010 disabled'],
    clusters: [1, 0, 0, 0],
    policies: ['RBAC bookstore/bookbuyer-access-bookstore-v1 ALLOW', 'RBAC rbac-for-route ALLOW'],
    unknown: [/how long certificate service-cert:bookstore\/bookstore-v1 is valid/],
  },
  'dumps/kgateway-dev__kgateway/config@2023-05-11-e829f4c.json': {
    maker: 'Gloo',
    role: 'gateway',
    envoy: '1.25.6',
    pod: 'gateway-proxy-7f4f7f54c8-t8h44',
    namespace: 'gloo-system',
    plane: ['gloo.gloo-system.svc.cluster.local:9977'],
    ports: ['8080 any', '8081 any', '19000 pod'],
    inbound: ['8080 disabled', '8081 disabled'],
    clusters: [0, 0, 0, 24],
  },
  'dumps/kubernetes-sigs__wg-ai-gateway/config_dump@2026-02-11-31a001b.json': {
    maker: null,
    role: 'plain',
    envoy: '1.37.0',
    ports: ['80 any', '15000 any'],
    inbound: ['80 disabled'],
    unknown: [/who made the configuration/],
  },
  'dumps/bochuxt__marathon-envoy-poc/config-dump-prety@2020-07-18-31174c9.json': {
    maker: null,
    role: 'plain',
    envoy: '1.14.1',
    plane: ['127.0.0.1:5000'],
    ports: ['4430 pod', '8000 pod', '8001 pod'],
    inbound: ['4430 disabled', '8000 disabled'],
    clusters: [0, 0, 0, 1],
  },
  'dumps/GoogleCloudPlatform__esp-v2/examples_auth_envoy_config.json': {
    maker: 'ESPv2',
    role: 'gateway',
    ports: ['8080 any'],
    inbound: ['8080 disabled'],
    clusters: [0, 0, 2, 2],
    policies: ['jwt auth0_jwk', 'jwt firebase', 'jwt google_id_token'],
  },
  'dumps/hashicorp__consul-k8s/cli_cmd_proxy_read_test_clusters@2022-08-22-97addce.json': {
    maker: 'Consul',
    role: null,
    ports: [],
    inbound: [],
    unknown: [/no bootstrap section/, /no listeners section/, /no routes section/, /no clusters section/, /no secrets section/],
  },
};

async function proxiesOf(file: string): Promise<readonly ProxyConfig[]> {
  try {
    return (await loadProxies({ files: [join(SHARED_DATA, file)] })).map(({ name, documents, notes }) => buildProxyConfig(name, documents, notes));
  } catch (error) {
    // Files that are no dumps are refused, as every command does.
    if (error instanceof Failure) return [];
    throw error;
  }
}

function factsOf(found: Description, asked: Facts): Facts {
  const { identity, outbound } = found;
  return {
    maker: identity.maker?.value ?? null,
    role: identity.role?.value ?? null,
    ...(asked.envoy === undefined ? {} : { envoy: identity.envoy_version?.split(' ')[0] ?? '' }),
    ...(asked.version === undefined ? {} : { version: identity.maker_version ?? '' }),
    ...(asked.pod === undefined ? {} : { pod: identity.pod ?? '' }),
    ...(asked.namespace === undefined ? {} : { namespace: identity.namespace ?? '' }),
    ...(asked.plane === undefined ? {} : { plane: found.control_plane.addresses }),
    ports: found.open_ports.map(({ port, reach, seen }) => `${port} ${reach}${seen ? '' : ', by convention'}`),
    inbound: found.inbound.map(({ port, mode }) => `${port ?? '*'} ${mode}`),
    ...(asked.clusters === undefined ? {} : { clusters: [outbound?.mtls ?? 0, outbound?.mtls_by_endpoint ?? 0, outbound?.tls ?? 0, outbound?.plaintext ?? 0] }),
    ...(asked.policies === undefined
      ? {}
      : { policies: found.policies.map(({ kind, name, action }) => [kind, name, action].filter((part) => part !== null).join(' ')) }),
    ...(asked.hosts === undefined
      ? {}
      : {
          hosts: found.hosts
            .filter(({ direction }) => direction === 'outbound')
            .map(({ domains, objects, cluster_objects }) => `${domains[0]} by ${[...new Set([...objects, ...cluster_objects])].join(', ')}`),
        }),
    ...(asked.certificates === undefined ? {} : { certificates: found.certificates.map(({ name, days_left }) => `${name} ${days_left}`) }),
  };
}

/** Everything that pc is given whole: saved dumps, Istio's generated proxies, and the folders of real ones. */
function inputs(): string[] {
  const files = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
  const dumps = files(join(SHARED_DATA, 'dumps')).filter((file) => !/\.(md|tsv)$/.test(file));
  const istio = readdirSync(join(SHARED_DATA, 'istio')).flatMap((scenario) => {
    const folder = join(SHARED_DATA, 'istio', scenario);
    const own = readdirSync(folder).filter((name) => name.endsWith('.json') && !/camel|^requests|^scenario|^istio-simulation/.test(name));
    const real = join(folder, 'real');
    const pods = existsSync(real) ? readdirSync(real).map((pod) => join(real, pod)) : [];
    return [...own.map((name) => join(folder, name)), ...pods.filter((pod) => statSync(pod).isDirectory())];
  });
  return [...dumps, ...istio].map((file) => relative(SHARED_DATA, file)).sort();
}

describe.skipIf(!hasSharedData)('the dumps of ../shared/data (skipped where they are not there)', () => {
  test.each(Object.entries(FACTS))('%s is described as it was read by hand', async (file, asked) => {
    const [proxy] = await proxiesOf(file);
    const found = describeProxy(proxy as ProxyConfig, { now: NOW });
    const { unknown = [], ...facts } = asked;
    expect(factsOf(found, asked)).toEqual(facts);
    for (const gap of unknown) expect(found.unknown.map(({ what }) => what).join('\n')).toMatch(gap);
  });

  test('each fits two screens, says what it could not know, and agrees with the index about what it holds', { timeout: 300_000 }, async () => {
    const indexed = new Map(indexedFiles().map((one) => [one.file, one]));
    const wrong: string[] = [];
    let described = 0;
    for (const file of inputs()) {
      for (const proxy of await proxiesOf(file)) {
        const found = describeProxy(proxy, { now: NOW });
        const lines = describeText(found, { style: styleFor(false), width: TWO_SCREENS.columns, again: `-f ${file}` }).split('\n');
        described++;
        if (lines.length > TWO_SCREENS.lines) wrong.push(`${file}: ${lines.length} lines`);
        // The first line is the input's own name.
        for (const line of lines.slice(1)) if ([...line].length > TWO_SCREENS.columns) wrong.push(`${file}: ${line}`);
        if (found.unknown.length === 0) wrong.push(`${file}: nothing is unknown`);
        const maker = found.identity.maker?.value.toLowerCase().replace(' ', '-');
        // Names of clusters tell the maker of parts of a dump, of which nothing else can be said.
        if (maker !== undefined && producerOf(proxy) !== 'plain' && producerOf(proxy) !== maker) wrong.push(`${file}: ${producerOf(proxy)} is called ${maker}`);
        const index = indexed.get(file);
        if (index?.kind !== 'full config_dump' || index.counts === undefined) continue;
        const { route_configs, virtual_hosts, routes } = found.counts;
        if (`${[route_configs, virtual_hosts, routes]}` !== `${index.counts.slice(1, 4)}`)
          wrong.push(`${file}: route configs, hosts, routes ${[route_configs, virtual_hosts, routes]}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(described).toBeGreaterThan(400);
  });
});
