import type { ProxyConfig } from '../model/proxy-config.ts';

/** Everything that a sentence about a break may need. What is unknown is undefined, never guessed. */
export interface BreakFacts {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly listener: string | undefined;
  readonly filterChain: string | undefined;
  readonly routeConfig: string | undefined;
  readonly virtualHost: string | undefined;
  readonly route: string | undefined;
  /** The clusters that this break is about: several where both arms of a split end the same way. */
  readonly clusters: readonly { readonly name: string; readonly percent: number | undefined }[];
  readonly status: number | null;
  readonly flags: string | null;
  readonly details: string | null;
  readonly location: string | null;
  readonly connection: string | null;
  /** Of all requests like this one, so many end this way; undefined where it hangs on conditions. */
  readonly percent: number | undefined;
  /** The rule of the hop at which the walk ended. */
  readonly rule: string | undefined;
  readonly evidence: readonly Evidence[];
  readonly nearMisses: readonly { readonly name: string; readonly reason: string }[];
  /** The object that the broken part was made of, where the dump's metadata names it. */
  readonly owner: ConfigObject | undefined;
  readonly proxy: ProxyConfig;
  readonly producer: Producer;
  /** Where two proxies meet: set for breaks between them alone. */
  readonly border?: BorderFacts;
}

/** The two proxies of a border, and what each says to the other. */
export interface BorderFacts {
  readonly caller: string;
  readonly callee: string;
  readonly cluster: string;
  /** `10.10.0.16:3000`: what the caller dials. */
  readonly address: string;
  /** `catalog.istioinaction`, where the callee's node tells it. */
  readonly workload: string | undefined;
  readonly namespace: string | undefined;
  readonly sni: string | null;
  readonly alpn: readonly string[];
  readonly clientNames: readonly string[] | null;
  readonly serverNames: readonly string[] | null;
  readonly expectedNames: readonly string[] | null;
}

/** The place in a document that proves a sentence. */
export interface Evidence {
  readonly document: string;
  /** jq path. */
  readonly path: string;
  /** What to see there. */
  readonly note?: string;
  /** Whose document it is, where that is another proxy. */
  readonly proxy?: ProxyConfig;
}

/** A piece of evidence with the dump's line and the part of it to look at. */
export interface EvidenceFrame extends Omit<Evidence, 'proxy'> {
  /** '' where the dump's text cannot be shown. */
  readonly line: string;
  readonly mark: { readonly from: number; readonly length: number } | undefined;
  readonly note: string;
}

/** An object that a user edits: a Kubernetes resource, a config entry. */
export interface ConfigObject {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Who made the proxy's configuration, as node metadata and names tell. */
export type Producer = 'istio' | 'envoy-gateway' | 'contour' | 'consul' | 'kuma' | 'gloo' | 'plain';
