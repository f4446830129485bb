import type { ProxyStatus, TypeStatus } from '../query/proxy-status.ts';
import { DISCOVERY } from '../query/proxy-status.ts';
import type { SyncedProxy } from '../query/sync-state.ts';

/** One proxy's line: what it holds of each discovery service, and its control plane; or, in wide, a line for each service. */
export function statusRows(statuses: readonly ProxyStatus[], synced: ReadonlyMap<string, SyncedProxy>, wide: boolean, now: Date): string[][] {
  if (wide) {
    const head = ['PROXY', 'TYPE', 'STATE', 'ISTIOD', 'RESOURCES', 'WARMING', 'REJECTED', 'UPDATES REJECTED', 'VERSION', 'AGE'];
    const rows = statuses.flatMap((status) =>
      status.types
        .filter((type) => type.state !== undefined)
        .map((type) => [
          status.proxy,
          type.type,
          type.state ?? '',
          synced.get(status.proxy)?.types.get(type.type) ?? '-',
          String(type.resources),
          String(type.warming),
          String(type.rejected),
          type.updatesRejected === undefined ? '-' : String(type.updatesRejected),
          type.version ?? '-',
          ageText(type.lastUpdated, now),
        ]),
    );
    return [head, ...rows];
  }
  const head = ['PROXY', ...DISCOVERY, 'CONTROL PLANE'];
  return [
    head,
    ...statuses.map((status) => [status.proxy, ...status.types.map((type) => cellOf(type, synced.get(status.proxy), now)), controlPlaneText(status)]),
  ];
}

/** `ACKED 12 (3m)`, `NACKED 1 of 12`, `STALE 12 (3m)`; `-` for what the proxy has none of. */
function cellOf(type: TypeStatus, synced: SyncedProxy | undefined, now: Date): string {
  if (type.state === undefined) return '-';
  if (type.state === 'NACKED') return `NACKED ${type.rejected} of ${type.resources}`;
  if (type.state === 'WARMING') return `WARMING ${type.warming} of ${type.resources}`;
  const sync = synced?.types.get(type.type);
  const state = sync === undefined || sync === 'IGNORED' ? type.state : sync;
  return `${state} ${type.resources}${type.lastUpdated === undefined ? '' : ` (${ageText(type.lastUpdated, now)})`}`;
}

export function controlPlaneText({ connected, controlPlane }: ProxyStatus): string {
  const name = controlPlane ?? '';
  if (connected === undefined) return name === '' ? 'unknown' : name;
  return connected ? name || 'connected' : `NOT CONNECTED${name === '' ? '' : ` (last: ${name})`}`;
}

/** `5s`, `3m`, `2h`, `4d`: how long ago a time was. */
export function ageText(time: string | undefined, now: Date): string {
  const seconds = time === undefined ? Number.NaN : Math.max(0, (now.getTime() - Date.parse(time)) / 1000);
  if (Number.isNaN(seconds)) return '-';
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
