/**
 * `ignore_path_parameters_in_path_matching`: matchers see the path without its parameters (`/a;v=1/b` is `/a/b`). Older Envoys dropped
 * everything from the first semicolon on (`/a`); 1.36.10, 1.37.6, 1.38.4, 1.39.1 and 1.40 mended that.
 * Source: source/common/router/config_impl.cc sanitizePathBeforePathMatching; the security advisories of those versions.
 */
export function withoutPathParameters(path: string, everySegment: boolean): string {
  return everySegment ? path.replace(/;[^/]*/g, '') : path.replace(/;.*$/s, '');
}

/** The first version of each release line that drops the parameters of each segment. */
const MENDED: ReadonlyMap<number, number> = new Map([
  [36, 10],
  [37, 6],
  [38, 4],
  [39, 1],
]);

/** Whether a version of Envoy drops the parameters of each segment; one that is not known is taken as new. */
export function ignoresEverySegment(version: readonly [major: number, minor: number, patch?: number] | undefined): boolean {
  if (version === undefined) return true;
  const [major, minor, patch = 0] = version;
  const from = MENDED.get(minor);
  return major > 1 || (from === undefined ? minor >= 40 : patch >= from);
}
