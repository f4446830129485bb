/** One arm of a split: where it goes, and its share. */
export interface WeightedArm {
  readonly cluster: string | null;
  /** The request header that names the cluster, where no name is configured. */
  readonly cluster_header: string | null;
  readonly weight: number;
  /** Of all weights, in percent, to two decimals. */
  readonly percent: number;
}

/** The arms of `weighted_clusters`, of a route or of a TCP proxy, with each share. */
export function weightedArms(
  clusters: readonly { readonly name?: string; readonly cluster_header?: string; readonly weight?: number }[] | undefined,
): WeightedArm[] {
  const total = (clusters ?? []).reduce((sum, arm) => sum + (arm.weight ?? 0), 0);
  return (clusters ?? []).map((arm) => ({
    cluster: arm.name ?? null,
    cluster_header: arm.cluster_header ?? null,
    weight: arm.weight ?? 0,
    percent: total === 0 ? 0 : Math.round(((arm.weight ?? 0) / total) * 10_000) / 100,
  }));
}

/** `reviews-v1 (20%), reviews-v2 (80%)`. */
export function weightedText(arms: readonly WeightedArm[]): string {
  return arms.map((arm) => `${arm.cluster ?? headerClusterText(arm.cluster_header ?? '')} (${arm.percent}%)`).join(', ');
}

/** A cluster that the request itself names. */
export function headerClusterText(header: string): string {
  return `cluster named by header ${header}`;
}
