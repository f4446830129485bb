/** Ids that were once reported and are no more, with the reason. They are never used again, and keep their page. */
export const RETIRED: ReadonlyMap<string, string> = new Map();
