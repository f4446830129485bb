import type { ExplainedFinding } from '../diagnostics/explain-finding.ts';
import type { Severity } from '../diagnostics/findings/finding-entry.ts';

/** Something that was found out, and what told it. */
export interface Known<T extends string = string> {
  readonly value: T;
  /** What in the input says so: `node id begins with "sidecar~"`. */
  readonly known_by: string;
}

/** What a proxy is for. */
export type Role = 'sidecar' | 'gateway' | 'waypoint' | 'plain';

/** Who and what the proxy is. What the input does not tell is null. */
export interface Identity {
  /** `Istio`, `Envoy Gateway`; null where nothing names one. */
  readonly maker: Known | null;
  readonly role: Known<Role> | null;
  readonly envoy_version: string | null;
  /** The maker's own version: Istio's proxy, Kuma's data plane. */
  readonly maker_version: string | null;
  readonly node_id: string | null;
  readonly node_cluster: string | null;
  readonly pod: string | null;
  readonly namespace: string | null;
  readonly workload: string | null;
  readonly service_account: string | null;
  readonly addresses: readonly string[];
  readonly kubernetes_node: string | null;
  readonly locality: string | null;
  readonly mesh: string | null;
  readonly cluster_id: string | null;
  readonly network: string | null;
  readonly interception: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the running server, from /server_info. */
  readonly state: string | null;
  readonly uptime: string | null;
  /** The newest time that the dump itself names. */
  readonly newest_update: string | null;
}

/** Where the configuration comes from. */
export interface ControlPlane {
  /** `ADS over gRPC (delta)`, `files: …`, `static`; null where the input has no bootstrap. */
  readonly transport: string | null;
  /** The cluster that leads there, and its addresses. */
  readonly cluster: string | null;
  readonly addresses: readonly string[];
  /** Behind those: what Istio's agent connects to. */
  readonly behind: string | null;
  /** What the control plane calls itself; null where no stats tell. */
  readonly version: string | null;
  readonly connected: boolean | null;
}

/** Who can open a connection to a port, judged by the address that it is bound to. */
export type Reach = 'pod' | 'any' | 'address' | 'file' | 'unknown';

/** One port on which something of this proxy's pod listens. */
export interface OpenPort {
  /** 0 for a pipe. */
  readonly port: number;
  readonly address: string | null;
  readonly protocol: 'TCP' | 'UDP' | 'pipe';
  /** Names of the listeners there; none for what the dump does not list. */
  readonly listeners: readonly string[];
  readonly state: string;
  readonly purpose: string | null;
  readonly purpose_from: 'dump' | 'convention' | null;
  readonly reach: Reach;
  readonly reach_from: 'dump' | 'convention' | null;
  /** Whether the input shows the port, or it is known by the maker's convention alone. */
  readonly seen: boolean;
  /** Where its filter chains lead. */
  readonly carries: readonly string[];
}

/** Listeners without a socket of their own: reached through another one, or from within. */
export interface HandedOver {
  readonly listeners: number;
  readonly ports: readonly number[];
  readonly internal: readonly string[];
}

/** One place that traffic goes to, with its share where it is one of several. */
export interface HostDestination {
  readonly text: string;
  readonly percent: number | null;
}

/** A host, or an address of a TCP service, that the proxy routes. */
export interface RoutedHost {
  readonly kind: 'http' | 'tcp';
  readonly direction: 'outbound' | 'inbound' | 'own';
  /** Route config, or listener for TCP. */
  readonly where: string;
  readonly virtual_host: string | null;
  readonly domains: readonly string[];
  readonly routes: number;
  readonly destinations: readonly HostDestination[];
  /** The objects that it was made of: `VirtualService shop/catalog`. */
  readonly objects: readonly string[];
  /** The objects that the clusters it sends to were made of: `DestinationRule shop/catalog`. */
  readonly cluster_objects: readonly string[];
  /** Filters that are set for this host or its routes alone. */
  readonly filters: readonly string[];
}

/** Where traffic goes that no host or address of the configuration names. */
export interface OtherTraffic {
  readonly http: readonly string[];
  readonly tcp: readonly string[];
}

export type MtlsMode = 'strict' | 'permissive' | 'disabled' | 'tls' | 'passthrough' | 'mixed';

/** How connections to one port are protected. */
export interface InboundTls {
  readonly listener: string;
  /** The port that clients ask for; null for every port that is not named. */
  readonly port: number | null;
  readonly mode: MtlsMode;
  /** What its filter chains speak: `mTLS (default)`, `plaintext`. */
  readonly transports: readonly string[];
  readonly server_names: readonly string[];
  readonly destinations: readonly string[];
}

/** How many clusters are spoken to in which way. */
export interface OutboundTls {
  readonly clusters: number;
  readonly mtls: number;
  /** mTLS with endpoints that take it, plaintext with others. */
  readonly mtls_by_endpoint: number;
  readonly hbone: number;
  readonly tls: number;
  /** Named by SNI: TLS that goes through unopened. */
  readonly passthrough: number;
  readonly plaintext: number;
  readonly other: number;
  /** The first clusters that are spoken to in plaintext. */
  readonly plaintext_names: readonly string[];
}

/** A policy or filter that decides about requests or connections. */
export interface AppliedPolicy {
  /** `AuthorizationPolicy`, `jwt`, `external authorization`, `local rate limit` … */
  readonly kind: string;
  readonly name: string | null;
  readonly action: string | null;
  readonly detail: string | null;
  /** Listeners, ports, or hosts at which it stands. */
  readonly places: readonly string[];
}

export interface DescribedCertificate {
  readonly name: string;
  readonly type: string;
  readonly not_after: string | null;
  readonly days_left: number | null;
  readonly alt_names: readonly string[];
  /** Where the certificate is, when it is not in the input. */
  readonly elsewhere: string | null;
  readonly from: 'secrets' | '/certs';
}

export interface FindingsSummary {
  readonly counts: Readonly<Record<Severity, number>>;
  /** All of them, the worst first. */
  readonly list: readonly Pick<ExplainedFinding, 'id' | 'slug' | 'severity' | 'title'>[];
}

/** One of the requirements that Istio has of a pod. */
export interface PodRequirement {
  readonly requirement: string;
  readonly state: 'met' | 'broken' | 'advice' | 'unknown';
  readonly detail: string;
}

/** Something that the input could not tell, and how to learn it. */
export interface Gap {
  readonly what: string;
  readonly next: string | null;
}

/** One proxy, in a page. Lists are whole; how much of them is shown is the renderer's matter. */
export interface Description {
  readonly proxy: string;
  /** The time that certificates were judged by. */
  readonly now: string;
  readonly identity: Identity;
  readonly control_plane: ControlPlane;
  readonly open_ports: readonly OpenPort[];
  readonly handed_over: HandedOver;
  readonly counts: Readonly<Record<'listeners' | 'route_configs' | 'virtual_hosts' | 'routes' | 'clusters' | 'endpoints' | 'secrets', number | null>>;
  readonly hosts: readonly RoutedHost[];
  readonly other_traffic: OtherTraffic;
  readonly inbound: readonly InboundTls[];
  readonly outbound: OutboundTls | null;
  readonly policies: readonly AppliedPolicy[];
  readonly other_filters: readonly { readonly name: string; readonly chains: number }[];
  readonly certificates: readonly DescribedCertificate[];
  readonly findings: FindingsSummary;
  /** Null where no pod was asked for. */
  readonly pod: readonly PodRequirement[] | null;
  readonly unknown: readonly Gap[];
}
