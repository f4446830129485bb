/** A header line: its name in lower case, its value without the blanks around it. */
export type HeaderLine = readonly [name: string, value: string];

/** The values of a header joined with commas, as Envoy keeps those of its own slots; undefined where it is absent. */
export function joinedValue(lines: readonly HeaderLine[], name: string): string | undefined {
  const values = lines.filter(([header]) => header === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.reduce((all, value) => (all === '' ? value : value === '' ? all : `${all},${value}`));
}

/** The lines without those of a name. */
export function without(lines: readonly HeaderLine[], ...names: readonly string[]): readonly HeaderLine[] {
  return lines.filter(([header]) => !names.includes(header));
}

/** Whether Connection and Upgrade together ask for an upgrade. Source: source/common/http/utility.cc Utility::isUpgrade. */
export function isUpgrade(lines: readonly HeaderLine[]): boolean {
  return joinedValue(lines, 'upgrade') !== undefined && tokens(joinedValue(lines, 'connection')).includes('upgrade');
}

/**
 * Upgrades that `ignore_http_11_upgrade` names are dropped; where none is left, the request is none any more.
 * Source: source/common/http/utility.cc Utility::removeUpgrade; http1/codec_impl.cc onHeadersCompleteImpl.
 */
export function withoutIgnoredUpgrades(lines: readonly HeaderLine[], isIgnored: (upgrade: string) => boolean): readonly HeaderLine[] {
  if (!isUpgrade(lines)) return lines;
  const upgrades = (joinedValue(lines, 'upgrade') ?? '').split(',').map((token) => token.trim());
  const left = upgrades.filter((token) => !isIgnored(token));
  if (left.length === upgrades.length) return lines;
  if (left.length > 0) return [...without(lines, 'upgrade'), ['upgrade', left.join(',')]];
  const connection = tokens(joinedValue(lines, 'connection')).filter((token) => token !== 'upgrade');
  const rest = without(lines, 'upgrade', 'connection');
  return connection.length === 0 ? rest : [...rest, ['connection', connection.join(',')]];
}

/** An upgrade to h2c is ignored: the request goes on as it is. Source: http1/codec_impl.cc ConnectionImpl::onHeadersCompleteImpl. */
export function withoutH2c(lines: readonly HeaderLine[]): readonly HeaderLine[] {
  if (!isUpgrade(lines) || joinedValue(lines, 'upgrade')?.toLowerCase() !== 'h2c') return lines;
  const connection = tokens(joinedValue(lines, 'connection')).filter((token) => token !== 'upgrade' && token !== 'http2-settings');
  const rest = without(lines, 'upgrade', 'http2-settings', 'connection');
  return connection.length === 0 ? rest : [...rest, ['connection', connection.join(',')]];
}

const TOO_MANY = 10;
const FORBIDDEN: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);
const IGNORED: ReadonlySet<string> = new Set(['close', 'http2-settings', 'keep-alive', 'upgrade', 'connection']);

/**
 * Headers that Connection names are dropped (`te: trailers` stays); undefined where the request is refused for it: ten names or more,
 * a pseudo header, an x-forwarded one. Source: source/common/http/utility.cc Utility::sanitizeConnectionHeader.
 */
export function withoutNominated(lines: readonly HeaderLine[]): readonly HeaderLine[] | undefined {
  const nominated = tokens(joinedValue(lines, 'connection'));
  if (nominated.length >= TOO_MANY) return undefined;
  let left = lines;
  for (const name of nominated) {
    if (IGNORED.has(name)) continue;
    if (FORBIDDEN.has(name) || name.startsWith(':')) return undefined;
    const keepsTrailers = name === 'te' && tokens(joinedValue(left, 'te')).includes('trailers');
    left = without(left, name);
    if (keepsTrailers) left = [...left, ['te', 'trailers']];
  }
  return left;
}

/** The elements of a comma-separated list, in lower case. */
export function tokens(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== '');
}
