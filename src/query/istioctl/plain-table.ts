/** A table as istioctl prints it: text, and how many blanks stand between its columns. */
export interface PlainTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly padding: number;
}
