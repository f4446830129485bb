/** Buckets grow by this factor: a percentile is off by at most half of that. */
const GROWTH = 1.1;
const LOG_GROWTH = Math.log(GROWTH);
const BUCKETS = 200;

/** Latencies in flat memory: counts by buckets that grow by a tenth. */
export class LatencySketch {
  private readonly counts = new Uint32Array(BUCKETS);
  private total = 0;

  add(milliseconds: number): void {
    const bucket = milliseconds < 1 ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log(milliseconds) / LOG_GROWTH));
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.total++;
  }

  get count(): number {
    return this.total;
  }

  /** The latency below which this share of them lies, in milliseconds; undefined for none. */
  percentile(share: number): number | undefined {
    if (this.total === 0) return undefined;
    let left = Math.max(1, Math.ceil(this.total * share));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.counts[bucket] as number;
      if (left <= 0) return bucket === 0 ? 0 : Math.round(Math.exp((bucket - 0.5) * LOG_GROWTH));
    }
    return undefined;
  }

  /** Counts by powers of two of milliseconds, from the first to the last that has any. */
  histogram(): readonly { readonly from: number; readonly to: number; readonly count: number }[] {
    const byPower = new Map<number, number>();
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.counts[bucket] as number;
      if (count === 0) continue;
      const power = bucket === 0 ? -1 : Math.max(0, Math.floor(Math.log2(Math.exp((bucket - 0.5) * LOG_GROWTH))));
      byPower.set(power, (byPower.get(power) ?? 0) + count);
    }
    const powers = [...byPower.keys()];
    if (powers.length === 0) return [];
    const rows: { from: number; to: number; count: number }[] = [];
    for (let power = Math.min(...powers); power <= Math.max(...powers); power++)
      rows.push({ from: power < 0 ? 0 : 2 ** power, to: 2 ** (power + 1), count: byPower.get(power) ?? 0 });
    return rows;
  }
}
