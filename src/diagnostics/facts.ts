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
  /** The rule of the hop at which the walk ended. */
  readonly rule: string | undefined;
  readonly evidence: readonly Evidence[];
  readonly nearMisses: readonly { readonly name: string; readonly reason: string }[];
  readonly proxy: ProxyConfig;
  readonly producer: Producer;
}

/** The place in a document that proves a sentence. */
export interface Evidence {
  readonly document: string;
  /** jq path. */
  readonly path: string;
}

/** Who made the proxy's configuration, as node metadata and names tell. */
export type Producer = 'istio' | 'envoy-gateway' | 'contour' | 'consul' | 'kuma' | 'gloo' | 'plain';
