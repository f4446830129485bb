const BLANKS = '[ \\t\\r\\n]*';
/** Members of an entry beside its resource that say nothing of what it is. */
const BESIDE = `"(?:version_info|versionInfo|last_updated|lastUpdated)"${BLANKS}:${BLANKS}"[^"\\\\]*"`;
const HEAD = new RegExp(`^\\{${BLANKS}(?:${BESIDE}${BLANKS},${BLANKS})*"(\\w+)"${BLANKS}:${BLANKS}$`);
const TAIL = new RegExp(`^(?:${BLANKS},${BLANKS}${BESIDE})*${BLANKS}\\}$`);
/** Longer heads and tails are not worth a look. */
const LONGEST = 1024;

/**
 * The key of the one resource of a plain entry: one that has nothing beside it but its version and time.
 * In: the JSON of the entry before the resource and behind it. Undefined for an entry that is not plain.
 */
export function plainEntryKey(head: string, tail: string): string | undefined {
  return head.length <= LONGEST && tail.length <= LONGEST && TAIL.test(tail) ? HEAD.exec(head)?.[1] : undefined;
}
