/** `2026-08-22T10:00:00Z`: to the second, in UTC; '' for no time. */
export function rfc3339(time: Date): string {
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
