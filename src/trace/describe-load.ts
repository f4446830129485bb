import { plural } from '../diagnostics/words.ts';
import { type HostSet, hostsOf } from '../match/host-set.ts';
import { priorityLoad } from '../match/priority-load.ts';

/** One line on how the load falls on the priorities: `2 of 3 hosts serve`, `priority 0 takes 70 %, priority 1 30 %`. */
export function describeLoad(set: HostSet, panicThreshold: number): string {
  const total = set.levels.reduce((sum, level) => sum + hostsOf(level).length, 0);
  if (total === 0) return 'the cluster has no hosts';
  const load = priorityLoad(set, panicThreshold);
  const serving = set.levels.reduce((sum, level) => sum + hostsOf(level).filter((host) => host.health !== 'UNHEALTHY').length, 0);
  const hosts = `${serving} of ${plural(total, 'host')} ${serving === 1 ? 'serves' : 'serve'}`;
  const panics = load.panic.flatMap((p, priority) => (p ? [priority] : []));
  const panic =
    panics.length === 0
      ? ''
      : `; below the panic threshold of ${panicThreshold} %, so ${set.levels.length === 1 ? 'every host' : `every host of priority ${panics.join(', ')}`} is used`;
  if (set.levels.length === 1) {
    const degraded = load.degraded[0] ?? 0;
    return `${hosts}${degraded > 0 ? `; degraded hosts get ${degraded} %` : ''}${panic}`;
  }
  const shares = load.healthy.map((percent, i) => `priority ${i} ${percent + (load.degraded[i] ?? 0)} %`);
  return `${hosts}; ${shares.join(', ')}${panic}`;
}
