/** Told of each reading: what the user calls the input, how many bytes are read now, and its size where that is known. */
export type ReadProgress = (label: string, bytes: number, size: number | undefined) => void;

/** How input is read, whatever it is. */
export interface ReadingOptions {
  readonly onRead?: ReadProgress | undefined;
  /** The folder for indexes of large files, where they are kept. */
  readonly cacheFolder?: string | undefined;
  /** What a packed file may unpack to, in bytes, where the user says it. */
  readonly maxUnpacked?: number | undefined;
}
