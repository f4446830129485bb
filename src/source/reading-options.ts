/** Told while input is read: what the user calls it, how far the reading is, and of how much where that is known, in bytes. */
export type ReadProgress = (label: string, done: number, total: number | undefined) => void;

/** How input is read, whatever it is. */
export interface ReadingOptions {
  readonly onRead?: ReadProgress | undefined;
  /** What a packed file may unpack to, in bytes, where the user says it. */
  readonly maxUnpacked?: number | undefined;
}
