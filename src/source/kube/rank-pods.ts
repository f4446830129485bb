import type { Pod } from './kube-objects.ts';
import { isReady, isRunning } from './pod-state.ts';

/**
 * The pods whose proxy can be asked, best first: those that run and are not going away; ready ones before the rest; then the one that is
 * ready the longest, since it has most to tell; then by name, so that the choice is the same each time.
 */
export function rankPods(pods: readonly Pod[]): readonly Pod[] {
  return pods
    .filter(isRunning)
    .toSorted((a, b) => Number(isReady(b)) - Number(isReady(a)) || compareText(readySince(a), readySince(b)) || compareText(a.metadata.name, b.metadata.name));
}

/** Why the first of them was taken. In: what the target is called, all its pods, and the ranked ones. */
export function pickReason(target: string, pods: readonly Pod[], ranked: readonly Pod[]): string {
  const [taken] = ranked;
  const ready = ranked.filter(isReady).length;
  const name = taken?.metadata.name ?? '';
  if (pods.length === 1) return `${target}: pod ${name}, its only one${ready === 0 ? ', which is not ready' : ''}`;
  const state = ready === 0 ? 'none of them ready' : ready === pods.length ? 'all ready' : `${ready} of them ready`;
  const why = ready === 0 ? 'it runs' : ready === 1 ? 'the only ready one' : 'ready the longest';
  return `${target} has ${pods.length} pods, ${state}: took ${name} (${why}); --all-pods takes all`;
}

function readySince(pod: Pod): string {
  return pod.status?.conditions?.find((condition) => condition.type === 'Ready')?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? '';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
