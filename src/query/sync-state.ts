import type { DiscoveryType } from './proxy-status.ts';

/** Whether a proxy has what the control plane sent last: the words of istioctl proxy-status. */
export type SyncState = 'SYNCED' | 'STALE' | 'NOT SENT' | 'IGNORED';

/** What istiod says of one proxy. */
export interface SyncedProxy {
  /** `pod.namespace`. */
  readonly proxy: string;
  readonly istioVersion: string | undefined;
  readonly types: ReadonlyMap<DiscoveryType, SyncState>;
}

const PREFIXES: readonly (readonly [DiscoveryType, string])[] = [
  ['CDS', 'cluster'],
  ['LDS', 'listener'],
  ['RDS', 'route'],
  ['EDS', 'endpoint'],
  ['ECDS', 'extensionconfig'],
];

/** Reads istiod's /debug/syncz: for each proxy and type the nonce that was sent last, and the one that was acknowledged last. */
export function readSyncz(document: unknown): readonly SyncedProxy[] {
  if (!Array.isArray(document)) return [];
  return document.flatMap((entry: unknown) => {
    const status = entry as Readonly<Record<string, unknown>>;
    const proxy = status['proxy'];
    if (typeof proxy !== 'string') return [];
    const types = new Map(PREFIXES.map(([type, prefix]) => [type, stateOf(status[`${prefix}_sent`], status[`${prefix}_acked`])] as const));
    const istioVersion = status['istio_version'];
    return [{ proxy, istioVersion: typeof istioVersion === 'string' ? istioVersion : undefined, types }];
  });
}

/** Nothing sent and nothing asked for is told apart by istiod with an empty pair. */
function stateOf(sent: unknown, acked: unknown): SyncState {
  if (sent === undefined && acked === undefined) return 'IGNORED';
  if (typeof sent !== 'string' || sent === '') return 'NOT SENT';
  return sent === acked ? 'SYNCED' : 'STALE';
}
